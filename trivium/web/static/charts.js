// The one way charts look: bars of a figure by week, the last week set apart, numbers as the reader writes them.

export async function draw(place) {
  const { init } = await import(place.dataset.library);
  const table = document.getElementById(place.dataset.chart);
  const rows = [...table.querySelectorAll("tbody tr")].map((row) => ({
    name: row.cells[0].textContent.trim(),
    value: Number(row.dataset.value),
    said: row.cells[1].textContent.trim(),
  }));
  const style = getComputedStyle(document.body);
  const token = (name) => style.getPropertyValue(name).trim();
  const chinese = document.documentElement.lang.startsWith("zh");
  const short = (value) => {
    if (chinese && Math.abs(value) >= 1e8) return `${+(value / 1e8).toFixed(1)} 亿`;
    if (chinese && Math.abs(value) >= 1e4) return `${+(value / 1e4).toFixed(1)} 万`;
    if (Math.abs(value) >= 1e6) return `${+(value / 1e6).toFixed(1)} M`;
    if (Math.abs(value) >= 1e3) return `${+(value / 1e3).toFixed(1)} k`;
    return String(value);
  };
  const chart = init(place, null, { renderer: "svg" });
  const paint = () => {
    chart.setOption({
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      aria: { enabled: true, label: { description: place.dataset.words } },
      grid: { left: 4, right: 4, top: 22, bottom: 2, containLabel: true },
      tooltip: {
        trigger: "axis",
        axisPointer: { type: "shadow" },
        renderMode: "richText",
        formatter: (points) => `${rows[points[0].dataIndex].name}\n${rows[points[0].dataIndex].said}`,
      },
      xAxis: {
        type: "category",
        data: rows.map((row) => row.name),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: token("--quiet") } },
        axisLabel: { color: token("--quiet"), fontSize: 11, hideOverlap: true },
      },
      yAxis: {
        type: "value",
        name: place.dataset.unit,
        nameTextStyle: { color: token("--quiet"), align: "left", fontSize: 11 },
        splitLine: { lineStyle: { color: token("--soft") } },
        axisLabel: { color: token("--quiet"), fontSize: 11, formatter: short },
        splitNumber: 3,
        minInterval: rows.every((row) => Number.isInteger(row.value)) ? 1 : 0,
      },
      series: [{
        type: "bar",
        data: rows.map((row, i) => ({
          value: row.value,
          itemStyle: { color: token("--chart-1"), opacity: i === rows.length - 1 ? 0.55 : 1, borderRadius: [3, 3, 0, 0] },
        })),
        barMaxWidth: 26,
      }],
    });
  };
  paint();
  new ResizeObserver(() => chart.resize()).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
}
