/** OIDs of the built-in types whose binary form is read here. They are the same in every database. */
const Oid = {
  bool: 16,
  bytea: 17,
  char: 18,
  name: 19,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  oid: 26,
  json: 114,
  xml: 142,
  float4: 700,
  float8: 701,
  unknown: 705,
  bpchar: 1042,
  varchar: 1043,
  date: 1082,
  time: 1083,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  void: 2278,
  uuid: 2950,
  jsonb: 3802,
} as const;

/** 2000-01-01, where PostgreSQL's dates begin, in milliseconds since 1970. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;

/**
 * A value as text, as the server would write it with its default settings. What is in binary form and of no type known
 * here is written as hex with `\x` before it.
 */
export function toText(value: Buffer | null, typeOid: number, isBinary: boolean): string | null {
  if (value === null) return null;
  if (!isBinary) return value.toString('utf8');
  try {
    return binaryToText(value, typeOid) ?? toHex(value);
  } catch (error) {
    // a value shorter than its type says
    if (error instanceof RangeError) return toHex(value);
    throw error;
  }
}

function binaryToText(value: Buffer, typeOid: number): string | undefined {
  switch (typeOid) {
    case Oid.bool:
      return value.readUInt8(0) === 0 ? 'f' : 't';
    case Oid.int2:
      return String(value.readInt16BE(0));
    case Oid.int4:
      return String(value.readInt32BE(0));
    case Oid.int8:
      return String(value.readBigInt64BE(0));
    case Oid.oid:
      return String(value.readUInt32BE(0));
    case Oid.float4:
      // the shortest text that reads as the same 32 bits
      return shortestFloat4(value.readFloatBE(0));
    case Oid.float8:
      return String(value.readDoubleBE(0));
    case Oid.numeric:
      return readNumeric(value);
    case Oid.date:
      return readDate(value.readInt32BE(0));
    case Oid.time:
      return readTime(value.readBigInt64BE(0));
    case Oid.timestamp:
      return readTimestamp(value.readBigInt64BE(0), '');
    case Oid.timestamptz:
      return readTimestamp(value.readBigInt64BE(0), '+00');
    case Oid.uuid:
      return value.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    case Oid.jsonb:
      // its first byte is the version of the form
      return value.toString('utf8', 1);
    case Oid.text:
    case Oid.varchar:
    case Oid.bpchar:
    case Oid.name:
    case Oid.char:
    case Oid.json:
    case Oid.xml:
    case Oid.unknown:
    case Oid.void:
      return value.toString('utf8');
    default:
      return undefined;
  }
}

function toHex(value: Buffer): string {
  return `\\x${value.toString('hex')}`;
}

function shortestFloat4(value: number): string {
  for (let digits = 1; digits < 9; digits += 1) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(value);
}

/** Digits to the base of 10,000, the weight of the first one, a sign, and how many decimals to show. */
function readNumeric(value: Buffer): string {
  const count = value.readInt16BE(0);
  const weight = value.readInt16BE(2);
  const sign = value.readUInt16BE(4);
  const scale = value.readInt16BE(6);
  if (sign === 0xc000) return 'NaN';
  if (sign === 0xd000) return 'Infinity';
  if (sign === 0xf000) return '-Infinity';
  const digit = (place: number) => {
    const index = weight - place;
    const found = index >= 0 && index < count ? value.readInt16BE(8 + 2 * index) : 0;
    return String(found).padStart(4, '0');
  };
  let whole = '';
  for (let place = weight; place >= 0; place -= 1) whole += digit(place);
  let decimals = '';
  for (let place = -1; decimals.length < scale; place -= 1) decimals += digit(place);
  const text = whole.replace(/^0+(?=\d)/, '') || '0';
  return `${sign === 0x4000 ? '-' : ''}${text}${scale > 0 ? `.${decimals.slice(0, scale)}` : ''}`;
}

function readDate(days: number): string {
  if (days === 0x7fffffff) return 'infinity';
  if (days === -0x80000000) return '-infinity';
  return isoDate(EPOCH_MS + days * DAY_MS);
}

function readTimestamp(microseconds: bigint, zone: string): string {
  if (microseconds === 2n ** 63n - 1n) return 'infinity';
  if (microseconds === -(2n ** 63n)) return '-infinity';
  const dayUs = BigInt(DAY_MS) * 1000n;
  const timeOfDay = ((microseconds % dayUs) + dayUs) % dayUs;
  const days = Number((microseconds - timeOfDay) / dayUs);
  return `${isoDate(EPOCH_MS + days * DAY_MS)} ${readTime(timeOfDay)}${zone}`;
}

function readTime(microseconds: bigint): string {
  const seconds = Number(microseconds / 1_000_000n);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const fraction = String(microseconds % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const clock = parts.map((part) => String(part).padStart(2, '0')).join(':');
  return fraction === '' ? clock : `${clock}.${fraction}`;
}

/** Years before 1 or after 275,760 are beyond a `Date`, or written differently by the server: they become hex. */
function isoDate(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1) throw new RangeError('no date');
  return date.toISOString().split('T')[0]?.replace('+0', '').replace('+', '') ?? '';
}
