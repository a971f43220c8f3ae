-- AlterTable
ALTER TABLE "findings" ADD COLUMN     "is_at_least" BOOLEAN NOT NULL DEFAULT false;