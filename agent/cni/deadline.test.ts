import { withDeadline } from './deadline';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function start(work: Promise<string>, interrupt = () => {}) {
  return withDeadline(work, { deadline: 1000, grace: 100, interrupt, late: () => 'late' });
}

test('work that ends in time is not interrupted, and leaves no timer', async () => {
  const interrupt = jest.fn();
  expect(await start(Promise.resolve('done'), interrupt)).toBe('done');
  expect(jest.getTimerCount()).toBe(0);
  expect(interrupt).not.toHaveBeenCalled();
});

test('work that ends when it is interrupted has its own result', async () => {
  let end = (_text: string) => {};
  const work = new Promise<string>((resolve) => {
    end = resolve;
  });
  const result = start(work, () => end('undone'));
  await jest.advanceTimersByTimeAsync(1000);
  expect(await result).toBe('undone');
  expect(jest.getTimerCount()).toBe(0);
});

test('work that never ends is answered for', async () => {
  const result = start(new Promise(() => {}));
  await jest.advanceTimersByTimeAsync(1100);
  expect(await result).toBe('late');
  expect(jest.getTimerCount()).toBe(0);
});
