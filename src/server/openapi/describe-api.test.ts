import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { describeApi } from './describe-api';

interface Document {
  paths: Record<string, { get: { parameters: { name: string; required?: boolean }[] } }>;
}

test('the document is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate({ ...describeApi('1.2.3') });
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
});

test('a path parameter that is not required would not pass', async () => {
  const document = describeApi('1.2.3') as Document;
  const { parameters = [] } = document.paths['/api/races/{raceId}/attempts/{n}']?.get ?? {};
  const n = parameters.find(({ name }) => name === 'n');
  expect(n?.required).toBe(true);
  delete n?.required;
  expect((await new Validator().validate({ ...document })).valid).toBe(false);
});
