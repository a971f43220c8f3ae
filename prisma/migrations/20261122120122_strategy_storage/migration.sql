-- CreateTable
CREATE TABLE "units" (
    "id" BIGSERIAL NOT NULL,
    "sku" TEXT NOT NULL,
    "attempt_id" TEXT,

    CONSTRAINT "units_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stock_buckets" (
    "sku" TEXT NOT NULL,
    "bucket" INTEGER NOT NULL,
    "stock" INTEGER NOT NULL,

    CONSTRAINT "stock_buckets_pkey" PRIMARY KEY ("sku","bucket")
);

-- CreateTable
CREATE TABLE "ledger_entries" (
    "id" BIGSERIAL NOT NULL,
    "sku" TEXT NOT NULL,
    "delta" INTEGER NOT NULL,
    "attempt_id" TEXT NOT NULL,

    CONSTRAINT "ledger_entries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "holds" (
    "id" BIGSERIAL NOT NULL,
    "sku" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "attempt_id" TEXT NOT NULL,

    CONSTRAINT "holds_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "guarded_stock" (
    "sku" TEXT NOT NULL,
    "stock" INTEGER NOT NULL,

    CONSTRAINT "guarded_stock_pkey" PRIMARY KEY ("sku")
);

-- CreateTable
CREATE TABLE "fences" (
    "sku" TEXT NOT NULL,
    "issued" BIGINT NOT NULL DEFAULT 0,
    "accepted" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "fences_pkey" PRIMARY KEY ("sku")
);

-- CreateIndex
CREATE INDEX "units_sku_attempt_id_idx" ON "units"("sku", "attempt_id");

-- CreateIndex
CREATE INDEX "ledger_entries_sku_idx" ON "ledger_entries"("sku");

-- CreateIndex
CREATE INDEX "holds_sku_idx" ON "holds"("sku");
-- The guard of the check-constraint strategy, whose table alone has one.
ALTER TABLE "guarded_stock" ADD CONSTRAINT "guarded_stock_not_negative" CHECK (stock >= 0);

-- Hot rows: room on the page keeps their updates from touching an index (HOT).
ALTER TABLE "guarded_stock" SET (fillfactor = 50);
ALTER TABLE "stock_buckets" SET (fillfactor = 50);
ALTER TABLE "fences" SET (fillfactor = 50);
