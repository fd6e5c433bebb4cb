import { acknowledgedError } from './acknowledgement';
import { text, u32 } from './attribute';
import { NLM_F_ACK_TLVS, NLM_F_CAPPED, NLMSG_DONE, NLMSG_ERROR } from './message';

const body = Buffer.concat([Buffer.alloc(16), u32(4, 1500)]);
const request = { operation: 'set link 5', body };
const details = [text(1, 'mtu is wrong'), u32(2, 16 + 16)];

function errno(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(-value);
  return bytes;
}

/** The header of the request, as the kernel echoes it. */
function echo(length: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(length);
  return bytes;
}

function acknowledgement(flags: number, ...parts: Buffer[]) {
  return { type: NLMSG_ERROR, flags, sequence: 1, payload: Buffer.concat(parts) };
}

test('zero is success', () => {
  expect(acknowledgedError(acknowledgement(0, errno(0), echo(16)), request)).toBeUndefined();
  expect(acknowledgedError(acknowledgement(NLM_F_ACK_TLVS, errno(0), echo(16)), request)).toBeUndefined();
});

test('an errno alone has its usual text', () => {
  const error = acknowledgedError(acknowledgement(0, errno(17), echo(36)), request);
  expect(error).toMatchObject({ code: 'EEXIST', errno: 17, kernelText: undefined });
  expect(error?.message).toBe('set link 5: file exists');
});

test("the kernel's text and the attribute it objects to, after a capped echo", () => {
  const capped = acknowledgement(NLM_F_ACK_TLVS | NLM_F_CAPPED, errno(22), echo(40), ...details);
  expect(acknowledgedError(capped, request)?.message).toBe('set link 5: mtu is wrong (attribute 4)');
});

test('the same after a full echo', () => {
  const full = acknowledgement(NLM_F_ACK_TLVS, errno(22), echo(16 + body.length), body, ...details);
  expect(acknowledgedError(full, request)?.kernelText).toBe('mtu is wrong (attribute 4)');
});

test('the end of a dump carries an error too', () => {
  const flags = NLM_F_ACK_TLVS;
  const done = {
    type: NLMSG_DONE,
    flags,
    sequence: 1,
    payload: Buffer.concat([errno(2), text(1, 'no table')]),
  };
  expect(acknowledgedError(done, request)).toMatchObject({ code: 'ENOENT', kernelText: 'no table' });
  expect(acknowledgedError({ ...done, payload: errno(0) }, request)).toBeUndefined();
  expect(acknowledgedError({ ...done, payload: Buffer.alloc(0) }, request)).toBeUndefined();
});

test('an offset outside the request names no attribute', () => {
  const outside = acknowledgement(
    NLM_F_ACK_TLVS | NLM_F_CAPPED,
    errno(22),
    echo(40),
    text(1, 'x'),
    u32(2, 9999),
  );
  expect(acknowledgedError(outside, request)?.kernelText).toBe('x');
});
