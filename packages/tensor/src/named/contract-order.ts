/** @file In which order several tensors are contracted: the fewest multiplications, found exactly for up to eight of them. */

/** A tensor by its position in the list, or the product of two. */
export type Order = number | readonly [Order, Order];

/** Sizes by name of one operand. */
export type Sizes = Readonly<Record<string, number>>;

/** More operands than this are contracted pair by pair, the cheapest first: 3ⁿ divisions would have to be looked at. */
const MOST_EXACT = 8;

/** A product of some operands: its dimensions, what it cost so far, and how it came about. */
interface Part {
  readonly sizes: Sizes;
  readonly cost: number;
  readonly order: Order;
}

const total = (sizes: Sizes): number => Object.values(sizes).reduce((product, size) => product * size, 1);

/** The product of two parts: names that are summed are gone once no other operand has them. */
function joined(a: Part, b: Part, summed: ReadonlySet<string>, others: readonly Sizes[]): Part {
  const all = { ...a.sizes, ...b.sizes };
  const sizes = Object.fromEntries(Object.entries(all).filter(([name]) => !summed.has(name) || others.some((other) => name in other)));
  return { sizes, cost: a.cost + b.cost + total(all), order: [a.order, b.order] };
}

/** The order in which operands, at least one, are multiplied, with sums over names as soon as they are in no other operand. */
export function contractionOrder(operands: readonly Sizes[], summed: ReadonlySet<string>): Order {
  const parts = operands.map((sizes, k): Part => ({ sizes, cost: 0, order: k }));
  return operands.length <= MOST_EXACT ? cheapest(parts, operands, summed) : greedy(parts, summed);
}

/** Best parts for all subsets, smaller ones first: bit k stands for operand k. */
function cheapest(parts: readonly Part[], operands: readonly Sizes[], summed: ReadonlySet<string>): Order {
  const best: (Part | undefined)[] = [];
  const full = 2 ** parts.length - 1;
  for (let subset = 1; subset <= full; subset++) {
    const single = parts.findIndex((_, k) => subset === 1 << k);
    if (single >= 0) {
      best[subset] = parts[single]!;
      continue;
    }
    const others = operands.filter((_, k) => ((subset >> k) & 1) === 0);
    for (let half = (subset - 1) & subset; half > 0; half = (half - 1) & subset) {
      const rest = subset ^ half;
      if (half < rest) continue;
      const candidate = joined(best[rest]!, best[half]!, summed, others);
      const known = best[subset];
      if (known === undefined || candidate.cost < known.cost) best[subset] = candidate;
    }
  }
  return best[full]!.order;
}

/** The pair whose product takes the fewest multiplications, again and again. */
function greedy(parts: readonly Part[], summed: ReadonlySet<string>): Order {
  const left = [...parts];
  while (left.length > 1) {
    let [first, second, least] = [0, 1, Infinity];
    for (let j = 1; j < left.length; j++) {
      for (let i = 0; i < j; i++) {
        const cost = total({ ...left[i]!.sizes, ...left[j]!.sizes });
        if (cost < least) [first, second, least] = [i, j, cost];
      }
    }
    const others = left.filter((_, k) => k !== first && k !== second);
    left.splice(0, left.length, ...others, joined(left[first]!, left[second]!, summed, others.map(({ sizes }) => sizes)));
  }
  return left[0]!.order;
}
