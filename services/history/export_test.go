package history

// Shown lets tests look at the query plans of statements that use it.
const Shown = shown
