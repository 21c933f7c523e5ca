import { defineAsyncComponent, type Component } from 'vue'
import { loadMessages } from '../app/i18n'
import MissingPart from './MissingPart.vue'

/** A part of a page that is fetched when it is first shown, together with its messages. */
export const lazy = <T extends Component>(load: () => Promise<{ default: T }>, ...topics: string[]): T =>
  defineAsyncComponent({
    loader: async () => (await Promise.all([load(), loadMessages(...topics)]))[0].default as never,
    errorComponent: MissingPart,
  }) as unknown as T
