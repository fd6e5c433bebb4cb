/** What the agent says of itself: the answer to a request of the type `tsnet`, which no CNI plugin can have. */
import { buildIdentity, buildVersion } from '../../cni/build-marker';
import type { CallAnswer } from './frames';
import type { Counts } from './ledger';

export const statusType = 'tsnet';

export interface AgentStatus {
  version: string;
  build: string;
  pid: number;
  /** Seconds. */
  uptime: number;
  /** Bytes that are resident. */
  memory: number;
  calls: Counts;
}

export function answerStatus(calls: Counts): CallAnswer {
  const status: AgentStatus = {
    version: buildVersion,
    build: buildIdentity,
    pid: process.pid,
    uptime: Math.round(process.uptime()),
    memory: process.memoryUsage.rss(),
    calls,
  };
  return { stdout: `${JSON.stringify(status)}\n`, stderr: '', exitCode: 0 };
}
