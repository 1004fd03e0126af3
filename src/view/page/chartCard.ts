import uPlot from 'uplot';
import type { Chart, Point } from '../runView.js';
import { shortNumber } from './shortNumber.js';

const HEIGHT = 220;

/** One metric's curves in a frame of their own. */
export class ChartCard {
  private readonly figure = document.createElement('figure');
  private readonly plot: uPlot;

  constructor(
    parent: HTMLElement,
    name: string,
    private readonly unit: string,
  ) {
    const caption = document.createElement('figcaption');
    caption.textContent = name.replaceAll('_', ' ');
    this.figure.append(caption);
    parent.append(this.figure);
    this.plot = new uPlot(this.options(), [[], [], [], []], this.figure);
    new ResizeObserver(() => this.plot.setSize({ width: this.width, height: HEIGHT })).observe(this.figure);
  }

  draw({ steps, epochs, validation }: Chart): void {
    const curves = [steps.items(), epochs.items(), validation.items()];
    this.plot.setData(uPlot.join(curves.map(columns)));
    curves.forEach((points, i) => {
      const show = points.length > 0;
      if (this.plot.series[i + 1].show !== show) this.plot.setSeries(i + 1, { show });
    });
  }

  private get width(): number {
    const { paddingLeft, paddingRight } = getComputedStyle(this.figure);
    return this.figure.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
  }

  private options(): uPlot.Options {
    const axis: uPlot.Axis = { stroke: colour('--faint'), grid: { stroke: colour('--line'), width: 1 } };
    return {
      width: this.width,
      height: HEIGHT,
      scales: { x: { time: false } },
      axes: [
        { ...axis, label: this.unit, labelSize: 20, size: 36 },
        { ...axis, size: 64, values: (_, ticks) => ticks.map(tick => shortNumber(tick, 6)) },
      ],
      series: [
        { label: this.unit },
        {
          label: 'step by step',
          stroke: colour('--training'),
          width: 1,
          alpha: 0.4,
          points: { show: false },
          spanGaps: true,
        },
        { label: 'training', stroke: colour('--training'), width: 2, spanGaps: true },
        { label: 'validation', stroke: colour('--validation'), width: 2, spanGaps: true },
      ],
    };
  }
}

/** Asked at each drawing: the page's colours change with the system's. */
const colour = (name: string) => () => getComputedStyle(document.body).getPropertyValue(name);

/** Values that aren't finite leave a gap. */
function columns(points: readonly Point[]): uPlot.AlignedData {
  return [points.map(([x]) => x), points.map(([, y]) => (Number.isFinite(y) ? y : null))];
}
