import { computed, readonly, ref } from 'vue'

const now = ref(Date.now())
setInterval(() => (now.value = Date.now()), 20_000)

/** The time, moving on every 20 seconds: enough for "3 minutes ago". */
export const useNow = () => readonly(now)

const SHANGHAI = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' })
const today = computed(() => SHANGHAI.format(now.value))
/** The business day, that of Shanghai; at midnight the next one. */
export const useToday = () => today
