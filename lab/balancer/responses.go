package balancer

import (
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// statusTexts are the titles of a load balancer's own responses, where they are not those of HTTP.
var statusTexts = map[int]string{http.StatusServiceUnavailable: "Service Temporarily Unavailable",
	http.StatusGatewayTimeout: "Gateway Time-out"}

// writeError writes a response of the load balancer itself
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html).
func writeError(w http.ResponseWriter, status int) {
	title := fmt.Sprintf("%d %s", status, cmp.Or(statusTexts[status], http.StatusText(status)))
	writeResponse(w, status, "text/html", "<html>\r\n<head><title>"+title+"</title></head>\r\n<body>\r\n<center><h1>"+
		title+"</h1></center>\r\n</body>\r\n</html>\r\n")
}

func writeResponse(w http.ResponseWriter, status int, contentType, body string) {
	header := w.Header()
	header.Set("Server", "awselb/2.0")
	header.Set("Content-Type", contentType)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func (f *FixedResponse) write(w http.ResponseWriter) {
	writeResponse(w, f.Status, cmp.Or(f.ContentType, "text/plain"), f.Body)
}

// write redirects a request. A value that is not set keeps that of the request
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html).
func (d *Redirect) write(w http.ResponseWriter, r *http.Request, scheme string, port int) {
	replace := strings.NewReplacer("#{protocol}", scheme, "#{host}", hostName(r), "#{port}", strconv.Itoa(port),
		"#{path}", strings.TrimPrefix(r.URL.EscapedPath(), "/"), "#{query}", r.URL.RawQuery).Replace
	value := func(value, byDefault string) string { return replace(cmp.Or(value, byDefault)) }
	location := strings.ToLower(value(d.Protocol, "#{protocol}")) + "://" +
		net.JoinHostPort(value(d.Host, "#{host}"), value(d.Port, "#{port}")) + value(d.Path, "/#{path}")
	if query := value(d.Query, "#{query}"); query != "" {
		location += "?" + query
	}
	w.Header().Set("Location", location)
	writeError(w, d.Status)
}
