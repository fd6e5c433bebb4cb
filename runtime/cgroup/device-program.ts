/**
 * Device rules for cgroup v2, which has no file for them: an eBPF program that the kernel asks for each open and mknod
 * (BPF_PROG_TYPE_CGROUP_DEVICE; include/uapi/linux/bpf.h, struct bpf_cgroup_dev_ctx). Pure: gives instructions.
 *
 * The last rule that matches decides, as with the v1 files, so that the program looks at them in reverse order.
 */
import type { OciDeviceRule } from '../oci/spec';

const opcode = {
  load32: 0x61,
  moveConstant: 0xb7,
  move: 0xbf,
  and: 0x57,
  shiftRight: 0x77,
  jumpIfEqual: 0x15,
  jumpUnlessEqual: 0x55,
  jumpUnlessSame: 0x5d,
  exit: 0x95,
} as const;

/** Which register holds what. */
const register = { verdict: 0, context: 1, type: 2, access: 3, major: 4, minor: 5, scratch: 6 } as const;
const accessBits: Record<string, number> = { m: 1, r: 2, w: 4 };
const allAccess = 7;
const types = { b: 1, c: 2 } as const;

interface Instruction {
  code: number;
  to?: number;
  from?: number;
  offset?: number;
  value?: number;
}

const prologue: readonly Instruction[] = [
  { code: opcode.load32, to: register.type, from: register.context, offset: 0 },
  { code: opcode.move, to: register.access, from: register.type },
  { code: opcode.and, to: register.type, value: 0xffff },
  { code: opcode.shiftRight, to: register.access, value: 16 },
  { code: opcode.load32, to: register.major, from: register.context, offset: 4 },
  { code: opcode.load32, to: register.minor, from: register.context, offset: 8 },
];

function verdict(allow: boolean): Instruction[] {
  return [{ code: opcode.moveConstant, to: register.verdict, value: allow ? 1 : 0 }, { code: opcode.exit }];
}

/** Leaves the rule unless what is asked for is all allowed by it, or some of it denied by it. */
function accessTest({ allow, access }: OciDeviceRule): Instruction[] {
  const bits = [...access].reduce((mask, letter) => mask | (accessBits[letter] ?? 0), 0);
  if (bits === allAccess) return [];
  return [
    { code: opcode.move, to: register.scratch, from: register.access },
    { code: opcode.and, to: register.scratch, value: bits },
    allow
      ? { code: opcode.jumpUnlessSame, to: register.scratch, from: register.access }
      : { code: opcode.jumpIfEqual, to: register.scratch, value: 0 },
  ];
}

function test(to: number, value: number | undefined): Instruction[] {
  return value === undefined ? [] : [{ code: opcode.jumpUnlessEqual, to, value }];
}

function isJump({ code }: Instruction): boolean {
  return code === opcode.jumpIfEqual || code === opcode.jumpUnlessEqual || code === opcode.jumpUnlessSame;
}

/** Tests that jump behind the rule when it does not match, then its verdict. */
function compileRule(rule: OciDeviceRule): Instruction[] {
  const { type = 'a', major, minor, allow } = rule;
  const tests = [
    ...test(register.type, type === 'a' ? undefined : types[type]),
    ...accessTest(rule),
    ...test(register.major, major),
    ...test(register.minor, minor),
  ];
  const all = [...tests, ...verdict(allow)];
  return all.map((instruction, i) =>
    isJump(instruction) ? { ...instruction, offset: all.length - i - 1 } : instruction,
  );
}

function encode({ code, to = 0, from = 0, offset = 0, value = 0 }: Instruction): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt8(code, 0);
  bytes.writeUInt8(to | (from << 4), 1);
  bytes.writeInt16LE(offset, 2);
  bytes.writeInt32LE(value, 4);
  return bytes;
}

/** What no rule speaks of is denied. The verifier refuses instructions that are never reached: nothing follows a rule for all. */
export function compileDeviceRules(rules: readonly OciDeviceRule[]): Buffer {
  const blocks = rules.map(compileRule);
  const unconditional = blocks.findLastIndex((block) => !block.some(isJump));
  const reached = blocks.slice(Math.max(0, unconditional)).reverse().flat();
  const rest = unconditional < 0 ? verdict(false) : [];
  return Buffer.concat([...prologue, ...reached, ...rest].map(encode));
}
