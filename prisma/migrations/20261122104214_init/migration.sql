-- CreateTable
CREATE TABLE "items" (
    "sku" TEXT NOT NULL,
    "stock" INTEGER NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "items_pkey" PRIMARY KEY ("sku")
);

-- CreateTable
CREATE TABLE "orders" (
    "id" BIGSERIAL NOT NULL,
    "attempt_id" TEXT NOT NULL,
    "sku" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "strategy" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "races" (
    "id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "plan" JSONB NOT NULL,
    "origin" TEXT NOT NULL,
    "reason" TEXT,
    "owner" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "races_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "lanes" (
    "race_id" TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    "strategy" TEXT NOT NULL,
    "expected" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "sku" TEXT NOT NULL,
    "verdict" TEXT,
    "oversold" INTEGER,
    "lost_updates" INTEGER,
    "result" JSONB,
    "charts" JSONB,

    CONSTRAINT "lanes_pkey" PRIMARY KEY ("race_id","index")
);

-- CreateTable
CREATE TABLE "findings" (
    "id" BIGSERIAL NOT NULL,
    "race_id" TEXT NOT NULL,
    "lane_index" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "message" TEXT NOT NULL,
    "evidence" JSONB NOT NULL,

    CONSTRAINT "findings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_batches" (
    "race_id" TEXT NOT NULL,
    "lane_index" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "count" INTEGER NOT NULL,
    "columns" BYTEA NOT NULL,

    CONSTRAINT "event_batches_pkey" PRIMARY KEY ("race_id","lane_index","seq")
);

-- CreateIndex
CREATE INDEX "orders_sku_idx" ON "orders"("sku");

-- CreateIndex
CREATE INDEX "orders_attempt_id_idx" ON "orders"("attempt_id");

-- CreateIndex
CREATE INDEX "races_created_at_id_idx" ON "races"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "races_status_idx" ON "races"("status");

-- CreateIndex
CREATE INDEX "findings_race_id_lane_index_idx" ON "findings"("race_id", "lane_index");

-- AddForeignKey
ALTER TABLE "lanes" ADD CONSTRAINT "lanes_race_id_fkey" FOREIGN KEY ("race_id") REFERENCES "races"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "findings" ADD CONSTRAINT "findings_race_id_lane_index_fkey" FOREIGN KEY ("race_id", "lane_index") REFERENCES "lanes"("race_id", "index") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_batches" ADD CONSTRAINT "event_batches_race_id_lane_index_fkey" FOREIGN KEY ("race_id", "lane_index") REFERENCES "lanes"("race_id", "index") ON DELETE CASCADE ON UPDATE CASCADE;
-- By hand: a race updates one row of "items" thousands of times. A page that is half empty has room for the new
-- version beside the old one, so the update stays "heap only" (HOT): no index is touched, and the next reader
-- prunes the dead versions. Prisma does not know storage parameters, so a diff neither sees nor removes this.
ALTER TABLE "items" SET (fillfactor = 50);
