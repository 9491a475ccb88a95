/**
 * Adam (Kingma & Ba 2015, arXiv:1412.6980) with its usual β₁ = .9, β₂ = .999, ε = 1e-8, over parameters of which a step
 * may touch only some rows: rows without a gradient keep value and moments (as PyTorch's SparseAdam).
 */
export interface Adam {
  /** Begins a step: counts it, for the correction of the moments' bias. */
  begin(): void;
  /** Moves `parameters[from … from + gradient.length)` against the gradient, in place. */
  move(gradient: Float64Array, from?: number): void;
}

const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

export function createAdam(parameters: Float64Array, learningRate: number): Adam {
  const first = new Float64Array(parameters.length);
  const second = new Float64Array(parameters.length);
  let steps = 0;
  return {
    begin: () => {
      steps++;
    },
    move(gradient, from = 0) {
      const rate = (learningRate * Math.sqrt(1 - BETA_2 ** steps)) / (1 - BETA_1 ** steps);
      for (let i = 0; i < gradient.length; i++) {
        const g = gradient[i]!;
        const at = from + i;
        first[at] = BETA_1 * first[at]! + (1 - BETA_1) * g;
        second[at] = BETA_2 * second[at]! + (1 - BETA_2) * g * g;
        parameters[at]! -= (rate * first[at]!) / (Math.sqrt(second[at]!) + EPSILON);
      }
    },
  };
}
