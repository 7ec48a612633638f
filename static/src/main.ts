/** Where the page begins: the look, the stores, the router, the app. */
import './styles/fonts.css'
import './styles/main.scss'

import { createPinia } from 'pinia'
import { createApp } from 'vue'

import App from './App.vue'
import { router } from './router'
import { useDisplay } from './stores/display'

const app = createApp(App)
app.use(createPinia())
useDisplay()
app.use(router)
app.mount('#app')
