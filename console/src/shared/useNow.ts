import { readonly, ref } from 'vue'

const now = ref(Date.now())
setInterval(() => (now.value = Date.now()), 20_000)

/** The time, moving on every 20 seconds: enough for "3 minutes ago". */
export const useNow = () => readonly(now)
