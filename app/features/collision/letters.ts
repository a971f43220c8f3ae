/** Letters by which the two attempts of a collision are told apart, in the picture, the table and the log. */
export const LETTERS = ['A', 'B'];
