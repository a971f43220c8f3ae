export function readSetting(name: string, folder?: string): string | undefined;
