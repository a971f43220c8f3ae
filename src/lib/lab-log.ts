/** The structured log, as far as the lab uses it. */
export interface LabLog {
  info: (fields: object, message: string) => void;
  warn: (fields: object, message: string) => void;
  error: (fields: object, message: string) => void;
}
