/** The letters of the two attempts of a collision, in the picture, the table and the log. */
export const LETTERS = ['A', 'B'];
