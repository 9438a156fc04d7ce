package history

// Shown lets tests look at the plans of its readers.
const Shown = shown
