package web

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// tracer sends traces to an OpenTelemetry collector when OTEL_EXPORTER_OTLP_ENDPOINT names one, and costs nothing else.
type tracer struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

// newTracer reads the environment that OpenTelemetry has standardised.
func newTracer(log *slog.Logger) *tracer {
	endpoint := os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
	if endpoint == "" {
		base := os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT")
		if base == "" {
			return &tracer{}
		}
		endpoint = strings.TrimSuffix(base, "/") + "/v1/traces"
	}
	name := os.Getenv("OTEL_SERVICE_NAME")
	if name == "" {
		name = "sauda"
	}
	e := &exporter{endpoint: endpoint, service: name, headers: headersOf(os.Getenv("OTEL_EXPORTER_OTLP_HEADERS")), client: &http.Client{Timeout: 10 * time.Second}}
	p := sdk.NewTracerProvider(sdk.WithBatcher(e))
	log.Info("web: traces are sent", "to", endpoint)
	return &tracer{provider: p, tracer: p.Tracer("sauda/gear/web")}
}

// headersOf reads "a=b,c=d".
func headersOf(text string) map[string]string {
	h := map[string]string{}
	for part := range strings.SplitSeq(text, ",") {
		if name, value, ok := strings.Cut(part, "="); ok {
			h[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return h
}

func (t *tracer) on() bool { return t.tracer != nil }

func (t *tracer) close(ctx context.Context) error {
	if t.provider == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// startSpan opens the span of a request, in the trace of the caller if he has one (W3C Trace Context).
func startSpan(ctx context.Context, c *call) context.Context {
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(c.r.Header))
	name := c.r.Method
	if c.route != nil {
		name = c.route.pattern
	}
	ctx, c.span = c.server.tracer.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindServer), trace.WithTimestamp(c.began),
		trace.WithAttributes(attribute.String("http.request.method", c.r.Method), attribute.String("url.path", c.r.URL.Path),
			attribute.String("sauda.request", c.id)))
	return ctx
}

func endSpan(c *call) {
	c.span.SetAttributes(attribute.Int("http.response.status_code", c.status), attribute.String("sauda.who", string(c.who.Kind)))
	if c.status >= http.StatusInternalServerError {
		c.span.SetStatus(codes.Error, "")
	}
	c.span.End()
}

// exporter sends spans as OTLP/HTTP with JSON (OpenTelemetry protocol 1.x). It is written here because the library's own
// exporter brings gRPC and protobuf along, several megabytes for a feature that is mostly off.
type exporter struct {
	endpoint string
	service  string
	headers  map[string]string
	client   *http.Client
}

type otlpValue struct {
	String *string `json:"stringValue,omitempty"`
	Int    *string `json:"intValue,omitempty"` // 64-bit numbers are strings in the JSON form of protobuf.
}

type otlpAttribute struct {
	Key   string    `json:"key"`
	Value otlpValue `json:"value"`
}

type otlpSpan struct {
	Trace      string          `json:"traceId"`
	Span       string          `json:"spanId"`
	Parent     string          `json:"parentSpanId,omitempty"`
	Name       string          `json:"name"`
	Kind       int             `json:"kind"`
	Start      string          `json:"startTimeUnixNano"`
	End        string          `json:"endTimeUnixNano"`
	Attributes []otlpAttribute `json:"attributes"`
	Status     struct {
		Code int `json:"code,omitempty"`
	} `json:"status"`
}

// ExportSpans sends a batch; the batcher logs and drops what could not be sent.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	list := make([]otlpSpan, 0, len(spans))
	for _, s := range spans {
		list = append(list, otlpOf(s))
	}
	service := e.service
	body, err := json.Marshal(map[string]any{"resourceSpans": []any{map[string]any{
		"resource":   map[string]any{"attributes": []otlpAttribute{{"service.name", otlpValue{String: &service}}}},
		"scopeSpans": []any{map[string]any{"scope": map[string]any{"name": "sauda"}, "spans": list}},
	}}})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.endpoint, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	for name, value := range e.headers {
		r.Header.Set(name, value)
	}
	answer, err := e.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16))
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("web: the collector of traces answered %s", answer.Status)
	}
	return nil
}

// Shutdown has nothing to let go of.
func (e *exporter) Shutdown(context.Context) error { return nil }

func otlpOf(s sdk.ReadOnlySpan) otlpSpan {
	id := s.SpanContext()
	trc, spn := id.TraceID(), id.SpanID()
	o := otlpSpan{
		Trace: hex.EncodeToString(trc[:]), Span: hex.EncodeToString(spn[:]), Name: s.Name(), Kind: int(s.SpanKind()),
		Start: strconv.FormatInt(s.StartTime().UnixNano(), 10), End: strconv.FormatInt(s.EndTime().UnixNano(), 10),
		Attributes: []otlpAttribute{},
	}
	if parent := s.Parent(); parent.HasSpanID() {
		up := parent.SpanID()
		o.Parent = hex.EncodeToString(up[:])
	}
	if s.Status().Code == codes.Error {
		o.Status.Code = 2 // STATUS_CODE_ERROR
	}
	for _, a := range s.Attributes() {
		v := otlpValue{}
		if a.Value.Type() == attribute.INT64 {
			n := strconv.FormatInt(a.Value.AsInt64(), 10)
			v.Int = &n
		} else {
			text := a.Value.String()
			v.String = &text
		}
		o.Attributes = append(o.Attributes, otlpAttribute{string(a.Key), v})
	}
	return o
}
