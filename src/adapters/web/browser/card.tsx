import { fullBar, type TableBlock } from "../../../bot/cards/card.ts";
import type { WireBars, WireBlock, WireCard } from "../wire.ts";
import { CardActions } from "./card-actions.tsx";
import { ChartView } from "./chart-view.tsx";
import { closed, TextView } from "./text.tsx";

interface CardProps {
  readonly card: WireCard;
  readonly channel: string;
  /** The message that holds the card. */
  readonly message: string;
  /** Its words are still being written. */
  readonly working: boolean;
}

export function CardView({ card, channel, message, working }: CardProps) {
  const { title, tone = "plain", blocks, actions, links, footer } = card;
  return (
    <section
      class={`card tone-${tone}`}
      {...(tone === "error" ? { role: "alert" } : {})}
      {...(working ? { "aria-busy": true } : {})}
    >
      {title !== undefined && (
        <h2 class="card-title" dir="auto">
          {closed(title)}
        </h2>
      )}
      {blocks.map((block, index) => (
        // Blocks have no identity of their own: a card is replaced as a whole.
        <BlockView key={index} block={block} />
      ))}
      {actions && actions.length > 0 && <CardActions rows={actions} channel={channel} message={message} />}
      {links && links.length > 0 && (
        <p class="buttons">
          {links.map(({ label, link }) => (
            // In a tab of its own, so that the conversation stays where it is.
            <a key={link} class="button secondary" href={link} target="_blank" rel="noopener">
              <bdi>{label}</bdi>
            </a>
          ))}
        </p>
      )}
      {footer !== undefined && (
        <p class="card-footer" dir="auto">
          <TextView text={footer} />
        </p>
      )}
    </section>
  );
}

function BlockView({ block }: { readonly block: WireBlock }) {
  switch (block.type) {
    case "text":
      return (
        <p dir="auto">
          <TextView text={block.text} />
        </p>
      );
    case "quote":
      return (
        <blockquote dir="auto">
          <TextView text={block.text} />
        </blockquote>
      );
    case "fields":
      return (
        <dl class="fields">
          {block.fields.map(({ name, value }) => (
            <div key={name}>
              <dt dir="auto">{closed(name)}</dt>
              <dd dir="auto">
                <TextView text={value} />
              </dd>
            </div>
          ))}
        </dl>
      );
    case "list": {
      const items = block.items.map((item, index) => (
        <li key={index} dir="auto">
          <TextView text={item} />
        </li>
      ));
      return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case "code":
      return (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
          tabIndex={0}
        >
          <code>{block.code}</code>
        </pre>
      );
    case "table":
      return <Table table={block} />;
    case "bars":
      return <Bars bars={block} />;
    case "chart":
      return (
        <ChartView chart={block.chart}>
          {block.inWords.map((words, index) => (
            <BlockView key={index} block={words} />
          ))}
        </ChartView>
      );
    case "picture":
      return (
        <figure>
          <a href={block.src} target="_blank" rel="noopener" title="Open the picture alone">
            <img src={block.src} alt={block.alt} loading="lazy" />
          </a>
        </figure>
      );
    case "progress":
      return <Progress label={block.label} done={block.done} total={block.total} />;
    case "file":
      return (
        <p>
          <a class="file" href={block.href} download={block.fileName}>
            <bdi>{block.fileName}</bdi> <span>{size(block.sizeBytes)}</span>
          </a>
          {block.alt !== undefined && <span class="file-note"> {closed(block.alt)}</span>}
        </p>
      );
    case "divider":
      return <hr />;
  }
}

function Table({ table: { columns, rows } }: { readonly table: TableBlock }) {
  const align = (index: number) => (columns[index]?.align === "right" ? "right" : undefined);
  return (
    <figure
      class="table"
      aria-label="Table"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
    >
      <table>
        <thead>
          <tr>
            {columns.map(({ name }, index) =>
              name === "" ? (
                // Over the names of the rows: a heading without words is none.
                <td key={index} />
              ) : (
                <th key={index} scope="col" class={align(index)} dir="auto">
                  {closed(name)}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} class={align(column)} dir="auto">
                  {closed(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

function Bars({ bars: block }: { readonly bars: WireBars }) {
  const { unit, bars } = block;
  const longest = fullBar(block);
  return (
    <ul class="bars">
      {bars.map(({ label, value, marked, note }, index) => (
        <li key={index} class={marked ? "marked" : undefined}>
          <span class="bar-label" dir="auto">
            {marked && <span class="visually-hidden">Marked: </span>}
            {closed(label)}
          </span>
          <span class="bar-track" aria-hidden="true">
            <span class="bar-fill" style={{ width: `${(100 * value) / longest}%` }} />
          </span>
          <span class="bar-value">
            {unit === "count" ? value : probability(value)}
            {note !== undefined && <span class="bar-note"> {closed(note)}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function probability(value: number): string {
  if (value === 0 || value >= 0.0005) return value.toFixed(3);
  return value.toExponential(1);
}

function Progress({ label, done, total }: { label: string; done: number; total: number }) {
  return (
    <p class="progress">
      <span dir="auto">{closed(label)}</span>
      <progress max={total} value={done} aria-label={label} />
      <span>
        {done} / {total}
      </span>
    </p>
  );
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
