let moved = false

/** Whether the agent has gone from one page to another since this window was loaded. */
export const hasMoved = () => moved
export const noteMove = () => { moved = true }
