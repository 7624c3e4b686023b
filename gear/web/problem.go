package web

import (
	"encoding/json"
	"net/http"
	"strconv"

	"sauda/base/fault"
	"sauda/gear/i18n"
)

// Problem is a fault as the world sees it (RFC 9457).
type Problem struct {
	Type      string         `json:"type" doc:"Where the fault is described." example:"/problems/order.already_shipped"`
	Title     string         `json:"title" doc:"What is wrong, in English."`
	Status    int            `json:"status" doc:"The HTTP status."`
	Detail    string         `json:"detail" doc:"What is wrong and what to do, in the language of the reader."`
	Code      string         `json:"code" doc:"The stable code of the fault." example:"order.already_shipped"`
	Instance  string         `json:"instance" doc:"What was asked for."`
	RequestID string         `json:"request_id" doc:"The name of the request in our log."`
	Errors    []ProblemField `json:"errors,omitempty" doc:"The fields that are not right."`
	Params    map[string]any `json:"params,omitempty" doc:"Values that the fault names."`
}

// ProblemField is one field that is not right.
type ProblemField struct {
	Pointer string `json:"pointer" doc:"The field, as a JSON Pointer (RFC 6901)." example:"/lines/0/quantity"`
	Detail  string `json:"detail" doc:"What the field must be, in the language of the reader."`
}

// statuses are those of the few faults that HTTP has a status of its own for; all others have that of their kind.
var statuses = map[*fault.Fault]int{
	ErrMethod: http.StatusMethodNotAllowed,
	ErrMedia:  http.StatusUnsupportedMediaType,
}

func statusOf(f *fault.Fault) int {
	if status, ok := statuses[f]; ok {
		return status
	}
	return f.Kind.Status()
}

// problem says an error to the client of this call.
func (c *call) problem(err error) Problem {
	f := fault.Of(err)
	p := Problem{
		Type: "/problems/" + f.Code, Title: f.Text, Status: statusOf(f), Detail: i18n.Fault(c.language(), err),
		Code: f.Code, Instance: c.r.URL.Path, RequestID: c.id, Params: fault.ParamsOf(err),
	}
	for _, field := range fault.FieldsOf(err) {
		p.Errors = append(p.Errors, ProblemField{Pointer: field.Pointer, Detail: i18n.Field(c.language(), field)})
	}
	return p
}

// warn sets the headers that belong to some statuses.
func (c *call) warn(p Problem) {
	h := c.Header()
	h["Cache-Control"] = headerNoStore
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if seconds, ok := p.Params["retry_after"].(int64); ok {
		h.Set("Retry-After", strconv.FormatInt(seconds, 10))
	} else if p.Status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "1")
	}
}

var headerNoStore = []string{"no-store"}

func (c *call) sendProblem(p Problem) {
	body, err := json.Marshal(p)
	if err != nil { // Strings, whole numbers and booleans always encode.
		panic("web: a problem has no JSON: " + err.Error())
	}
	c.warn(p)
	h := c.Header()
	h["Content-Type"] = []string{"application/problem+json"}
	h["Content-Language"] = []string{c.language()}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	c.WriteHeader(p.Status)
	_, _ = c.Write(body)
}
