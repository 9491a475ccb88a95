import type { NextTokenDistribution } from "../../../../engine/generation/next-token-distribution.ts";
import type { TraceCandidate } from "../../../../engine/generation/trace.ts";

interface DistributionProps {
  readonly distribution: NextTokenDistribution;
  readonly nameOf: (tokenId: number) => string;
  readonly onChoose: (tokenId: number) => void;
}

/** The likeliest tokens before and after the settings, on one scale; each row is a choice. */
export function Distribution({ distribution, nameOf, onChoose }: DistributionProps) {
  const { trace, model, processed, warnings } = distribution;
  const full = Math.max(
    ...trace.candidates.flatMap(({ probabilities }) => [probabilities[0]!, probabilities.at(-1)!]),
  );
  const rows = [...trace.candidates].sort(
    (a, b) => b.probabilities.at(-1)! - a.probabilities.at(-1)! || b.probabilities[0]! - a.probabilities[0]!,
  );
  return (
    <section aria-label="Distribution of the next token">
      <ul class="tokens">
        {rows.map((row) => (
          <Row key={row.tokenId} row={row} full={full} name={nameOf(row.tokenId)} onChoose={onChoose} />
        ))}
      </ul>
      <p class="tokens-key">
        <span class="swatch model" aria-hidden="true" /> the model
        <span class="swatch" aria-hidden="true" /> after your settings
      </p>
      <dl class="fields">
        <Figure
          name="Tokens possible"
          before={count(model.possibleCount)}
          after={count(processed.possibleCount)}
        />
        <Figure name="Entropy, nats" before={model.entropy.toFixed(2)} after={processed.entropy.toFixed(2)} />
        <Figure name="Not listed" before={percent(model.restMass)} after={percent(processed.restMass)} />
      </dl>
      {trace.stages.length > 1 && (
        <table class="stages">
          <caption>What each stage kept</caption>
          <thead>
            <tr>
              <th scope="col">stage</th>
              <th scope="col" class="right">
                tokens
              </th>
              <th scope="col" class="right">
                mass
              </th>
            </tr>
          </thead>
          <tbody>
            {trace.stages.slice(1).map(({ name, keptCount, keptMass }) => (
              <tr key={name}>
                <td>{name}</td>
                <td class="right">{count(keptCount)}</td>
                <td class="right">{percent(keptMass)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {warnings.length > 0 && <p>{warnings.map(({ message }) => message).join(" ")}</p>}
    </section>
  );
}

function Row({
  row: { tokenId, probabilities, cutBy },
  full,
  name,
  onChoose,
}: {
  readonly row: TraceCandidate;
  readonly full: number;
  readonly name: string;
  readonly onChoose: (tokenId: number) => void;
}) {
  const before = probabilities[0]!;
  const after = probabilities.at(-1)!;
  const width = (probability: number) => ({ width: `${(100 * probability) / full}%` });
  return (
    <li class={cutBy ? "cut" : undefined}>
      <button type="button" onClick={() => onChoose(tokenId)}>
        <bdi class="token">{name}</bdi>
        <span class="token-bars" aria-hidden="true">
          <span class="model" style={width(before)} />
          <span class="after" style={width(after)} />
        </span>
        <span class="token-numbers">
          {cutBy ? `cut by ${cutBy}` : percent(after)}
          <small>
            <span class="visually-hidden">; the model: </span>
            {percent(before)}
          </small>
        </span>
      </button>
    </li>
  );
}

function Figure({ name, before, after }: { name: string; before: string; after: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{before === after ? before : `${before} → ${after}`}</dd>
    </div>
  );
}

function count(value: number): string {
  return value.toLocaleString("en");
}

export function percent(probability: number): string {
  const value = 100 * probability;
  if (value !== 0 && value < 0.01) return "< 0.01 %";
  return `${value.toFixed(value >= 10 ? 1 : 2)} %`;
}
