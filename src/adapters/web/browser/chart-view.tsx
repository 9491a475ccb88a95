import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { altText } from "../../../bot/charts/alt-text.ts";
import type { Chart } from "../../../bot/charts/chart.ts";

interface ChartViewProps {
  readonly chart: Chart;
  /** The same in words. */
  readonly children: ComponentChildren;
}

/** A chart that answers to the pointer, and its words on request. What draws it is loaded with the first one. */
export function ChartView({ chart, children }: ChartViewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let stop: (() => void) | undefined;
    let gone = false;
    import("./chart-canvas.ts").then(
      ({ showChart }) => {
        if (!gone && canvas.current) stop = showChart(canvas.current, chart);
      },
      () => setFailed(true),
    );
    return () => {
      gone = true;
      stop?.();
    };
  }, [chart]);
  if (failed) return <>{children}</>;
  return (
    <figure class="chart">
      <div class="chart-room">
        <canvas ref={canvas} role="img" aria-label={altText(chart)} />
      </div>
      <details>
        <summary>In words</summary>
        {children}
      </details>
    </figure>
  );
}
