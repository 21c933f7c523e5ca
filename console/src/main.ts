import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import 'element-plus/theme-chalk/base.css'
import 'element-plus/theme-chalk/dark/css-vars.css'
import App from './app/App.vue'
import { keepFocus } from './app/focus'
import { i18n, useLocale } from './app/i18n'
import { locale } from './app/preferences'
import { queryClient } from './app/query'
import { preloadPage, router } from './app/router'
import { leaveKeysToInputMethod } from './app/shortcuts'
import './app/theme.css'

preloadPage(location.pathname)
await useLocale(locale.value).catch(() => undefined)
createApp(App).use(i18n).use(router).use(VueQueryPlugin, { queryClient }).mount('#app')
keepFocus()
leaveKeysToInputMethod()
