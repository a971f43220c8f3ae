-- CreateTable
CREATE TABLE "isolation_rows" (
    "run" TEXT NOT NULL,
    "id" INTEGER NOT NULL,
    "value" INTEGER NOT NULL,

    CONSTRAINT "isolation_rows_pkey" PRIMARY KEY ("run","id")
);

-- CreateTable
CREATE TABLE "explorations" (
    "id" TEXT NOT NULL,
    "strategy" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "plan" JSONB NOT NULL,
    "reason" TEXT,
    "result" JSONB,
    "progress" JSONB NOT NULL,
    "owner" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "explorations_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "explorations_created_at_id_idx" ON "explorations"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "explorations_status_idx" ON "explorations"("status");
