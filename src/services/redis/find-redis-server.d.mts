export function findRedisServer(options: {
  folder: string;
  explicit?: string | undefined;
  path?: string;
}): string | undefined;
