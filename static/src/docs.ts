/** The interactive API pages at /api/docs: a second entry, so that nobody else loads Swagger. */
import 'swagger-ui-dist/swagger-ui.css'
import SwaggerUIBundle from 'swagger-ui-dist/swagger-ui-es-bundle.js'

SwaggerUIBundle({
  dom_id: '#app',
  url: '/api.yaml',
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor(request: { headers: Record<string, string> }) {
    const token = document.cookie.match(/(?:^|; )XSRF-TOKEN=([^;]+)/)?.[1]
    if (token) request.headers['X-XSRF-TOKEN'] = decodeURIComponent(token)
    return request
  },
})
