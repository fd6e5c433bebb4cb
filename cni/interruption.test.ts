import { Interrupter, type Interruption } from './interruption';

interface Source {
  signal: Interruption;
  abort(reason: unknown): void;
}

function ownSource(): Source {
  const signal = new Interrupter();
  return { signal, abort: (reason) => signal.abort(reason) };
}

function sourceOfNode(): Source {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason) => controller.abort(reason) };
}

describe.each<[string, () => Source]>([
  ['Interrupter', ownSource],
  ['AbortController', sourceOfNode],
])('%s', (_name, open) => {
  test('calls each listener once, with the first reason in place', () => {
    const { signal, abort } = open();
    const heard: unknown[] = [];
    signal.addEventListener('abort', () => heard.push(['one', signal.reason]), { once: true });
    signal.addEventListener('abort', () => heard.push(['two', signal.reason]), { once: true });
    expect([signal.aborted, heard]).toEqual([false, []]);
    abort('SIGTERM');
    abort('again');
    expect([signal.aborted, signal.reason]).toEqual([true, 'SIGTERM']);
    expect(heard).toEqual([
      ['one', 'SIGTERM'],
      ['two', 'SIGTERM'],
    ]);
  });
});
