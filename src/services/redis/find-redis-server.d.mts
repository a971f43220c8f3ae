export function findRedisServer(options: {
  root: string;
  explicit?: string | undefined;
  path?: string;
}): string | undefined;
