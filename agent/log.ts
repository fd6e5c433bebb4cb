/** Lines on standard error, where journald and `podman logs` find them. A line is one event; what it quotes has no newlines. */

export const logLevels = ['error', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

export type Log = Readonly<Record<LogLevel, (line: string) => void>>;

/** @param write takes one line with its end */
export function createLog(level: LogLevel, write: (line: string) => void): Log {
  const heard = logLevels.slice(0, logLevels.indexOf(level) + 1);
  const say = (of: LogLevel) => (line: string) => {
    if (heard.includes(of)) write(`${of}: ${line}\n`);
  };
  return { error: say('error'), info: say('info'), debug: say('debug') };
}

/** Several lines, such as a stack, as one: a log is searched by line. */
export function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' | ');
}

/** An error with its stack, as one line. */
export function describeDefect(error: unknown): string {
  const { stack } = (error ?? {}) as { stack?: unknown };
  return oneLine(typeof stack === 'string' ? stack : String(error));
}
