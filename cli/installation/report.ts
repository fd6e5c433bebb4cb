/** Steps as they are made: a line each for people, collected for programs. */
import { describeStep, type Step, type Tell } from './step';

export interface Report {
  steps: readonly Step[];
  tell: Tell;
}

/** With `json` nothing is printed here. */
export function createReport(json: boolean): Report {
  const steps: Step[] = [];
  const tell: Tell = (step) => {
    steps.push(step);
    if (!json) console.log(describeStep(step));
  };
  return { steps, tell };
}
