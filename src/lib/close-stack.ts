/** What was opened, and how to close it: in reverse order, each part even when another fails. */
export class CloseStack {
  private readonly parts: { name: string; close: () => unknown }[] = [];

  /** Adds a part that has just been opened; errors call it `name`. */
  add(name: string, close: () => unknown): void {
    this.parts.push({ name, close });
  }

  /** Closes every part once. @throws AggregateError whose message has a line for each part that failed */
  async close(): Promise<void> {
    const failures: Error[] = [];
    for (let part = this.parts.pop(); part; part = this.parts.pop()) {
      try {
        await part.close();
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        failures.push(new Error(`closing ${part.name} failed: ${why}`, { cause: error }));
      }
    }
    if (failures.length > 0)
      throw new AggregateError(failures, failures.map(({ message }) => message).join('\n'));
  }
}
