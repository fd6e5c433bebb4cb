import { u32 } from '../../netlink/attribute';
import { decodeMessages, type Message, NLM_F_ACK, NLMSG_ERROR } from '../../netlink/message';
import { Batch, batchError } from './batch';
import { NFT_MSG_NEWCHAIN, nfgenmsg } from './message';

function request(operation: string) {
  return { operation, type: NFT_MSG_NEWCHAIN, body: nfgenmsg(1, [u32(1, 2)]) };
}

const batch = new Batch([request('add one'), request('add two')]);
const first = 0xffff_fffe;

function answer(at: number, errno: number): Message {
  const payload = Buffer.alloc(20);
  payload.writeInt32LE(-errno);
  return { type: NLMSG_ERROR, flags: 0, sequence: (first + at) >>> 0, payload };
}

test('requests stand between markers, numbered on; the last one asks for an answer', () => {
  const messages = decodeMessages(batch.encode(first));
  expect(messages.map(({ type }) => type)).toEqual([16, NFT_MSG_NEWCHAIN, NFT_MSG_NEWCHAIN, 17]);
  expect(messages.map(({ sequence }) => sequence)).toEqual([0xffff_fffe, 0xffff_ffff, 0, 1]);
  expect(messages.map(({ flags }) => (flags & NLM_F_ACK) !== 0)).toEqual([false, false, true, false]);
  expect(messages[0]!.payload.toString('hex')).toBe('0000000a');
});

test('the generation stands in the first marker', () => {
  const [begin] = decodeMessages(new Batch([request('add')], 0x01020304).encode(1));
  expect(begin!.payload.toString('hex')).toBe('0000000a0800010001020304');
});

test('it is done when the last request is acknowledged', () => {
  expect(batchError(batch, first, [answer(2, 0)])).toBeUndefined();
});

test('the first refusal is the error, whatever else was answered', () => {
  const error = batchError(batch, first, [answer(1, 17), answer(2, 2), answer(2, 0)]);
  expect(error).toMatchObject({ code: 'EEXIST', message: 'add one: file exists' });
});

test('a refusal of the whole names no request', () => {
  const error = batchError(batch, first, [answer(0, 85)]);
  expect(error).toMatchObject({ code: 'ERESTART' });
  expect(error!.message).toMatch(/^change nftables: /);
});

test('answers to other requests count for nothing; none at all is an error', () => {
  expect(batchError(batch, first, [answer(77, 17), answer(2, 0)])).toBeUndefined();
  expect(batchError(batch, first, [])).toMatchObject({ code: 'ENOBUFS' });
});
