// Free places on the plane, found by looking only at what stands near. Pure: knows neither page nor canvas.
const NEAR = 74, APART = 44, DOWN = 1.5, SLOTS = 14, RINGS = 40;

// What stands where, in squares of a side, so that a question about one place does not ask everything.
export class Ground {
  #squares = new Map();
  constructor(side) { this.side = side; }
  #around(x1, y1, x2, y2, call) {
    for (let column = Math.floor(x1 / this.side); column <= Math.floor(x2 / this.side); column += 1) {
      for (let row = Math.floor(y1 / this.side); row <= Math.floor(y2 / this.side); row += 1) {
        if (call(`${column} ${row}`)) return true;
      }
    }
    return false;
  }
  add(box) {
    this.#around(...box, (square) => {
      if (!this.#squares.has(square)) this.#squares.set(square, []);
      this.#squares.get(square).push(box);
    });
  }
  isFree([x1, y1, x2, y2]) {
    const touches = (other) => x1 < other[2] && other[0] < x2 && y1 < other[3] && other[1] < y2;
    return !this.#around(x1, y1, x2, y2, (square) => this.#squares.get(square)?.some(touches));
  }
}

// What takes room round a node, half as much as two nodes stand apart.
const room = ({ x, y }) => [x - APART / 2, y - APART / DOWN / 2, x + APART / 2, y + APART / DOWN / 2];

export function groundOf(taken) {
  const ground = new Ground(APART);
  for (const place of taken) ground.add(room(place));
  return ground;
}

// `count` free places around one place, first those that lead away from the root; they are taken from then on.
export function places(count, around, root, ground) {
  const outward = Math.atan2(around.y - root.y, around.x - root.x) || 0;
  const found = [];
  for (let ring = 0; found.length < count && ring < RINGS; ring += 1) {
    const radius = NEAR + ring * APART, slots = SLOTS + ring * 6;
    for (let slot = 0; slot < slots && found.length < count; slot += 1) {
      const turn = Math.ceil(slot / 2) * (slot % 2 ? 1 : -1) * (2 * Math.PI / slots);
      const place = { x: around.x + radius * Math.cos(outward + turn), y: around.y + radius * Math.sin(outward + turn) / DOWN };
      if (!ground.isFree(room(place))) continue;
      ground.add(room(place));
      found.push(place);
    }
  }
  return found;
}
