/** A line of a file, by its number. */
export interface Line {
  readonly line: number;
  readonly text: string;
  /** It has more characters than are kept: `text` is its beginning. */
  readonly cut: boolean;
}

/** Longest line that is kept, characters: a row has some hundred. */
export const LINE_CHARS_MAX = 4_096;

/**
 * The lines of a text that comes in pieces, whatever ends them (CRLF, LF, CR). A line that never ends is not kept
 * either: memory holds one piece and one line.
 */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<Line> {
  let line = 1;
  let kept = '';
  let cut = false;
  let afterReturn = false;
  const keep = (part: string) => {
    const room = LINE_CHARS_MAX - kept.length;
    cut ||= part.length > room;
    if (room > 0) kept += part.slice(0, room);
  };
  for await (const piece of pieces) {
    // The end of a line may lie across two pieces.
    let from: number = afterReturn && piece.startsWith('\n') ? 1 : 0;
    for (let at = endFrom(piece, from); at !== -1; at = endFrom(piece, from)) {
      keep(piece.slice(from, at));
      yield { line, text: kept, cut };
      [line, kept, cut] = [line + 1, '', false];
      from = at + (piece.startsWith('\r\n', at) ? 2 : 1);
    }
    keep(piece.slice(from));
    if (piece !== '') afterReturn = piece.endsWith('\r');
  }
  if (kept !== '') yield { line, text: kept, cut };
}

const END = /[\r\n]/g;

function endFrom(text: string, from: number): number {
  END.lastIndex = from;
  return END.exec(text)?.index ?? -1;
}
