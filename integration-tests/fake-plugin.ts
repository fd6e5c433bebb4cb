/**
 * Plugins for tests of the runtime side: each call is logged with its environment and input, and answered with what the
 * test wrote down for it. They are shell scripts, so the runtime sees real processes.
 */
import { type Json, parseDocument } from './cni-call';
import type { PrivateHost } from './private-host';

const folder = '/run/fake-plugins';
const log = '/run/fake-plugin-calls';

/**
 * Builtins only, so that a call costs one process. `answer-<command>` holds standard output, `exit-<command>` the exit
 * code. The calls of a list never overlap, so the counter needs no lock.
 */
const script = `#!/bin/sh
type=\${0##*/}
read -r count < ${log}/count
echo $((count + 1)) > ${log}/count
call=${log}/call-$((count + 1))
export -p > $call
printf '%s' "$type" > $call.type
{ IFS= read -r stdin; printf '%s' "$stdin" > $call.stdin; }
echo "stderr of $type" >&2
base=${folder}/.$type
if [ -e $base-answer-$CNI_COMMAND ]; then IFS= read -r answer < $base-answer-$CNI_COMMAND; printf '%s' "$answer"; fi
code=0
if [ -e $base-exit-$CNI_COMMAND ]; then read -r code < $base-exit-$CNI_COMMAND; fi
exit $code
`;

export interface FakeCall {
  type: string;
  command: string;
  env: Record<string, string>;
  stdin: Json;
}

export class FakePlugins {
  readonly folder = folder;
  /** One `call-<number>` for each call not yet taken. */
  readonly log = log;
  readonly #host: PrivateHost;

  /** Makes the folders inside the host. */
  constructor(host: PrivateHost) {
    this.#host = host;
    host.sh(`rm -rf ${folder} ${log}; mkdir -p ${folder} ${log}; echo 100 > ${log}/count`);
  }

  /** Installs plugins that succeed at all and print `{}` for ADD. */
  install(...types: string[]): void {
    for (const type of types) {
      this.#write(`${folder}/${type}`, script);
      this.#host.sh(`chmod +x ${folder}/${type}`);
      this.answer(type, 'ADD', {});
    }
  }

  /** What `type` prints from now on, and how it exits. */
  answer(type: string, command: string, output: object | string, exitCode = 0): void {
    const text = typeof output === 'string' ? output : JSON.stringify(output);
    this.#write(`${folder}/.${type}-answer-${command}`, `${text}\n`);
    this.#write(`${folder}/.${type}-exit-${command}`, `${exitCode}\n`);
  }

  /** The calls since the last time, oldest first. */
  takeCalls(): FakeCall[] {
    const text = this.#host.sh(
      `cd ${log}; for call in call-???; do [ -e $call ] || continue
       cat $call.type; echo; grep '^export CNI_' $call; echo; cat $call.stdin; printf '\\0'; done
       rm -f call-*; echo 100 > count`,
    );
    return text.split('\0').slice(0, -1).map(parseCall);
  }

  /** {@link takeCalls} in short: `ADD a`. */
  takeOrder(): string[] {
    return this.takeCalls().map(({ command, type }) => `${command} ${type}`);
  }

  #write(file: string, text: string): void {
    const done = this.#host.exec(['tee', file], { input: text });
    if (done.code !== 0) throw new Error(done.stderr);
  }
}

/** Type, `export NAME='value'` lines, an empty line, input. */
function parseCall(text: string): FakeCall {
  const [head = '', stdin = ''] = text.split('\n\n');
  const [type = '', ...lines] = head.split('\n');
  const env = Object.fromEntries(lines.map((line) => line.match(/^export (\w+)='(.*)'$/)!.slice(1, 3)));
  return { type, command: env.CNI_COMMAND, env, stdin: parseDocument(stdin) };
}
