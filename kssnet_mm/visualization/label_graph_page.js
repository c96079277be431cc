'use strict';
const tip = document.getElementById('tip');

function showTip(text, event) {
  tip.textContent = text;
  tip.hidden = false;
  const x = Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8);
  const below = event.clientY + 14;
  const fits = below + tip.offsetHeight < window.innerHeight;
  tip.style.left = Math.max(x, 4) + 'px';
  tip.style.top = (fits ? below : event.clientY - tip.offsetHeight - 10) + 'px';
}

// Hovering a label names it and dims what it is not linked to.
const network = document.getElementById('network');
if (network) {
  const edges = [...network.querySelectorAll('.edge')];
  const nodes = new Map([...network.querySelectorAll('.node')].map(n => [n.dataset.node, n]));
  const clear = () => {
    tip.hidden = true;
    network.classList.remove('picking');
    network.querySelectorAll('.near').forEach(item => item.classList.remove('near'));
  };
  let picked = null;
  network.addEventListener('mousemove', event => {
    const item = event.target.closest('[data-tip]');
    if (item !== picked) {
      clear();
      picked = item;
      if (item && item.dataset.node !== undefined) {
        network.classList.add('picking');
        item.classList.add('near');
        for (const edge of edges) {
          const ends = [edge.dataset.a, edge.dataset.b];
          if (!ends.includes(item.dataset.node)) continue;
          edge.classList.add('near');
          ends.forEach(end => nodes.get(end).classList.add('near'));
        }
      }
    }
    if (item) showTip(item.dataset.tip, event);
  });
  network.addEventListener('mouseleave', () => { clear(); picked = null; });
}

// Hovering a heatmap names the row, the column and the value.
const names = JSON.parse((document.getElementById('heatmap-labels') || {textContent: '[]'}).textContent);
for (const cells of document.querySelectorAll('.heatmap .cells')) {
  const n = names.length;
  const values = new Map(JSON.parse(cells.querySelector('script').textContent));
  cells.addEventListener('mousemove', event => {
    const box = cells.getBoundingClientRect();
    const at = share => Math.min(Math.max(Math.floor(share * n), 0), n - 1);
    const row = at((event.clientY - box.top) / box.height);
    const column = at((event.clientX - box.left) / box.width);
    const value = values.get(row * n + column) || 0;
    showTip(`row ${names[row]}\ncolumn ${names[column]}\n${value}`, event);
  });
  cells.addEventListener('mouseleave', () => { tip.hidden = true; });
}

// A click on a head sorts: numbers from the largest, text from A; a second click turns the order.
for (const table of document.querySelectorAll('table.sortable')) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const collator = new Intl.Collator(undefined, {numeric: true, sensitivity: 'base'});
  heads.forEach((head, column) => head.querySelector('button').addEventListener('click', () => {
    const numeric = head.classList.contains('number');
    const before = head.getAttribute('aria-sort');
    const first = numeric ? 'descending' : 'ascending';
    const second = numeric ? 'ascending' : 'descending';
    const order = before === first ? second : first;
    const sign = order === 'ascending' ? 1 : -1;
    const read = row => {
      const cell = row.cells[column];
      // What a graph does not have comes last in a falling order.
      return numeric ? parseFloat(cell.dataset.value || '-1') : cell.textContent;
    };
    const rows = [...body.rows].map(row => [read(row), row]);
    rows.sort(numeric ? (a, b) => sign * (a[0] - b[0]) : (a, b) => sign * collator.compare(a[0], b[0]));
    body.append(...rows.map(pair => pair[1]));
    heads.forEach(other => other.removeAttribute('aria-sort'));
    head.setAttribute('aria-sort', order);
  }));
}

// The rows with the text in one of their names.
const filter = document.getElementById('filter');
if (filter) {
  filter.addEventListener('input', () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const row of document.querySelector('#neighbours tbody').rows) {
      const text = row.cells[0].textContent + '\n' + row.cells[1].textContent;
      row.hidden = !text.toLowerCase().includes(wanted);
    }
  });
}
