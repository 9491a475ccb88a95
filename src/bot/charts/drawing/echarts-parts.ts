import { BarChart, LineChart, LinesChart, SankeyChart, ScatterChart } from "echarts/charts";
import { GraphicComponent, GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { use } from "echarts/core";

/** Registers the parts of ECharts that the charts use, so that the browser loads no others. */
export function registerParts(): void {
  use([
    BarChart,

    LineChart,
    LinesChart,
    SankeyChart,
    ScatterChart,
    GraphicComponent,
    GridComponent,
    MarkLineComponent,
    TooltipComponent,
  ]);
}
