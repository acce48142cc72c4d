package workloads

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/plan/balancer"
)

// nginx responds to /clientip with the connection's source address, to /proxied with the one in the proxy protocol
// header, to /hostname with its pod's name, and to any other path with the time. With proxyProtocol its first port
// accepts only connections with such a header (nginx.org/en/docs/http/ngx_http_core_module.html#listen); the second
// port, for readiness probes, does not expect it. It runs as the image's own user and writes only to /tmp.
var nginx = app{
	name: "nginx",
	configure: func(args *PodsArgs, container *corev1.ContainerArgs) {
		container.Command = pulumi.ToStringArray([]string{"/bin/sh", "-c", `printf '%s' "$CONFIGURATION" > /tmp/nginx.conf && exec nginx -c /tmp/nginx.conf -g 'daemon off;'`})
		container.Env = corev1.EnvVarArray{&corev1.EnvVarArgs{Name: pulumi.String("CONFIGURATION"), Value: pulumi.String(nginxConfiguration(args))}}
	},
	image:     config.NginxImage,
	pods:      runAs(101),
	container: unprivileged,
	volumes:   corev1.VolumeArray{&corev1.VolumeArgs{Name: pulumi.String("tmp"), EmptyDir: &corev1.EmptyDirVolumeSourceArgs{}}},
	mounts:    corev1.VolumeMountArray{&corev1.VolumeMountArgs{Name: pulumi.String("tmp"), MountPath: pulumi.String("/tmp")}},
}

func nginxConfiguration(args *PodsArgs) string {
	application, address, proxied := balancer.ApplicationOf(args.Spec), "", ""
	if args.IPv6 {
		address = "[::]:" // a port alone is IPv4's
	}
	if args.Spec.ProxyProtocol {
		proxied = " proxy_protocol"
	}
	return fmt.Sprintf(`pid /tmp/nginx.pid;
error_log /dev/stderr;
events {}
http {
  access_log /dev/stdout;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  default_type text/plain;
  server {
    listen %s%d%s;
    listen %[1]s%[4]d;
    location = /clientip { return 200 $remote_addr:$remote_port; }
    location = /proxied { return 200 $proxy_protocol_addr:$proxy_protocol_port; }
    location = /hostname { return 200 $hostname; }
    location = %[5]s { return 200 ok; }
    location / { return 200 $time_iso8601; }
  }
}
`, address, application.TCP, proxied, application.Further[0], application.Health)
}
