// Make what the pages load out of node_modules: trivium/web/static/vendor. `make assets` runs it.
//
//   tabler.css   Tabler, cut to what our templates, views and scripts name; its dark rules follow the system too
//   icons.svg    one sprite of the Tabler icons listed in tools/icons.txt
//   goods.svg    what goods without a picture look like: the packs of tools/packs.svg, the glyphs of tools/glyphs.txt
//   htmx.js      as it is published
//   echarts.js   ECharts with what our charts use: bars, lines, axes, the box beside the pointer, words for readers

import { readFileSync, writeFileSync, mkdirSync, copyFileSync } from "node:fs";
import { build } from "esbuild";
import postcss from "postcss";
import { PurgeCSS } from "purgecss";

const TO = "trivium/web/static/vendor";
const TABLER = "node_modules/@tabler/core/dist/css/tabler.min.css";
const ICONS = "node_modules/@tabler/icons/icons/outline";
const DARK = "[data-bs-theme=dark]";
const AUTO = "[data-bs-theme=auto]";

mkdirSync(TO, { recursive: true });

/** Tabler knows a light and a dark page. A page that says "auto" is dark where the reader's system is. */
function followTheSystem(css) {
  const root = postcss.parse(css);
  const dark = [];
  root.walkRules((rule) => {
    if (!rule.selector.includes(DARK) || rule.parent.type === "atrule") return;
    dark.push(rule.clone({ selector: rule.selector.replaceAll(DARK, AUTO) }));
  });
  const media = postcss.atRule({ name: "media", params: "(prefers-color-scheme:dark)" });
  media.append(dark);
  root.append(media);
  root.walkComments((comment) => comment.remove());
  return root.toString();
}

async function styles() {
  const [{ css }] = await new PurgeCSS().purge({
    content: ["trivium/web/**/templates/**/*.html", "trivium/web/**/*.py", "trivium/web/static/*.js"],
    css: [TABLER],
    safelist: { greedy: [/data-bs-theme/] },
    keyframes: true,
    fontFace: true,
  });
  writeFileSync(`${TO}/tabler.css`, followTheSystem(css).replace(/\/\*#.*?\*\//g, ""));
}

/** Tabler icons by a list of ours, each as a symbol. */
function symbols(list, attributes, prefix = "") {
  const wanted = readFileSync(list, "utf8").split("\n").filter((line) => line && !line.startsWith("#"));
  return wanted.map((line) => {
    const [id, name = id] = line.trim().split(/\s+/);
    const svg = readFileSync(`${ICONS}/${name}.svg`, "utf8").replace(/<!--[\s\S]*?-->/g, "");
    const shapes = svg.replace(/^[\s\S]*?<svg[\s\S]*?>/, "").replace("</svg>", "").replace(/\s+/g, " ").trim();
    return `<symbol id="${prefix}${id}" viewBox="0 0 24 24" ${attributes} ` +
      `stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
  });
}

function icons() {
  const found = symbols("tools/icons.txt", 'fill="none" stroke="currentColor" stroke-width="1.75"');
  writeFileSync(`${TO}/icons.svg`, `<svg xmlns="http://www.w3.org/2000/svg">\n${found.join("\n")}\n</svg>\n`);
}

/** The packs as they were drawn, without the spaces, and the glyphs in the colours of the label they stand on. */
function goods() {
  const packs = readFileSync("tools/packs.svg", "utf8").replace(/<!--[\s\S]*?-->/g, "").replace(/\n\s*/g, "");
  const glyphs = symbols("tools/glyphs.txt", 'fill="var(--g)" stroke="var(--i)" stroke-width="1.6"', "g-");
  writeFileSync(`${TO}/goods.svg`, packs.replace("</svg>", `${glyphs.join("")}</svg>\n`));
}

async function charts() {
  const contents = `
    import { use, init } from "echarts/core";
    import { BarChart, LineChart } from "echarts/charts";
    import { AriaComponent, GridComponent, TooltipComponent } from "echarts/components";
    import { SVGRenderer } from "echarts/renderers";
    use([AriaComponent, BarChart, GridComponent, LineChart, SVGRenderer, TooltipComponent]);
    export { init };`;
  await build({
    stdin: { contents, resolveDir: "." },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2020",
    legalComments: "none",
    logLevel: "warning",
    outfile: `${TO}/echarts.js`,
  });
}

copyFileSync("node_modules/htmx.org/dist/htmx.min.js", `${TO}/htmx.js`);
icons();
goods();
await Promise.all([styles(), charts()]);
