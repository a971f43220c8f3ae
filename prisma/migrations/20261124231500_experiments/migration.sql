-- AlterTable
ALTER TABLE "races" ADD COLUMN     "experiment_id" TEXT,
ADD COLUMN     "trial" INTEGER;

-- CreateTable
CREATE TABLE "experiments" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "plan" JSONB NOT NULL,
    "trials" INTEGER NOT NULL,
    "origin" TEXT NOT NULL,
    "owner" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "experiments_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "experiments_created_at_id_idx" ON "experiments"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "experiments_status_idx" ON "experiments"("status");

-- CreateIndex
CREATE UNIQUE INDEX "races_experiment_id_trial_key" ON "races"("experiment_id", "trial");

-- AddForeignKey
ALTER TABLE "races" ADD CONSTRAINT "races_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiments"("id") ON DELETE CASCADE ON UPDATE CASCADE;