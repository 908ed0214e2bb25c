/** @file How plots look: sizes, and colours that can be read on light and on dark backgrounds and told apart by all eyes. */

/** Text sizes in pixels. */
export const SIZE = { title: 14, label: 12, tick: 11, note: 11 } as const;

/** What text is set in. */
export const FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif";

/** Colours of one background. Lines: blue, orange, green, purple, ochre, sky, grey, after Okabe and Ito, shifted for contrast. */
export interface Theme {
  readonly back: string;
  readonly ink: string;
  readonly soft: string;
  readonly axis: string;
  readonly grid: string;
  readonly gap: string;
  readonly lines: readonly string[];
}

export const light: Theme = {
  back: '#ffffff',
  ink: '#1f2328',
  soft: '#59636e',
  axis: '#818b98',
  grid: '#e4e8ec',
  gap: '#f3e3ee',
  lines: ['#0b6bb8', '#d55e00', '#0a8a63', '#a3419d', '#9a7400', '#2089bf', '#5a6068'],
};

export const dark: Theme = {
  back: '#0d1117',
  ink: '#e6edf3',
  soft: '#9198a1',
  axis: '#656c76',
  grid: '#21262d',
  gap: '#33202e',
  lines: ['#3f9cf0', '#ff8f3f', '#4fd6a2', '#e6a6e6', '#e3b341', '#8fd6ff', '#b1bac4'],
};

/** The one style sheet of every plot: classes, light by default, dark where the reader asks for it. */
export const PLOT_STYLE: string = `${rules(light)}@media (prefers-color-scheme:dark){${rules(dark)}}`;

function rules(theme: Theme): string {
  return (
    `.tf-back{fill:${theme.back}}.tf-ink{fill:${theme.ink}}.tf-soft{fill:${theme.soft}}.tf-gap{fill:${theme.gap}}` +
    `.tf-axis{stroke:${theme.axis};fill:none}.tf-grid{stroke:${theme.grid};fill:none}` +
    theme.lines.map((colour, i) => `.tf-line-${i}{stroke:${colour};fill:none}.tf-mark-${i}{fill:${colour}}`).join('')
  );
}
