-- Series and distribution are not all that only the page of a lane needs.
ALTER TABLE "lanes" RENAME COLUMN "charts" TO "details";

-- Findings of before said only their first pieces of evidence.
ALTER TABLE "findings" ADD COLUMN "pieces" INTEGER;
UPDATE "findings" SET "pieces" = jsonb_array_length("evidence");
ALTER TABLE "findings" ALTER COLUMN "pieces" SET NOT NULL;
