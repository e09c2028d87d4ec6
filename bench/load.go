package main

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

const cellTime = 1500 * time.Millisecond // each measurement

// A cell is one measurement: many operations of a kind at so many clients.
type cell struct {
	what    string
	clients int
	took    time.Duration
	times   []time.Duration // sorted
	cpu     time.Duration   // the server's, all operations together
	bytes   int64           // of the answers' bodies as they travelled
	foreign float64         // the share of the machine that neither the server nor this program used
}

func (c cell) rate() float64 { return float64(len(c.times)) / c.took.Seconds() }

func (c cell) percentile(p int) time.Duration {
	if len(c.times) == 0 {
		return 0
	}
	return c.times[min(len(c.times)*p/100, len(c.times)-1)]
}

// An ask is one request and the status that answers it.
type ask struct {
	path string
	form string // a POST when there is one
	part bool   // as htmx asks
	want int
}

// A sender is a connection pool with a session. It is cheap, so that the server has the machine.
type sender struct {
	client *fasthttp.HostClient
	cookie string
}

func newSender(addr, cookie string) *sender {
	return &sender{cookie: cookie, client: &fasthttp.HostClient{Addr: addr, MaxConns: 1024, ReadTimeout: time.Minute, MaxIdleConnDuration: time.Minute}}
}

// send asks, and returns how many bytes came.
func (s *sender) send(a ask) (int, error) {
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	req.SetRequestURI("http://" + s.client.Addr + a.path)
	req.Header.Set("Cookie", s.cookie)
	req.Header.Set("Accept-Encoding", "gzip")
	if a.part {
		req.Header.Set("HX-Request", "true")
	}
	if a.form != "" {
		req.Header.SetMethod("POST")
		req.Header.SetContentType("application/x-www-form-urlencoded")
		req.SetBodyString(a.form)
	}
	if err := s.client.Do(req, resp); err != nil {
		return 0, err
	}
	if resp.StatusCode() != a.want {
		return 0, fmt.Errorf("%s: %d, want %d", a.path, resp.StatusCode(), a.want)
	}
	return len(resp.Body()), nil
}

// measure runs op over and over at so many clients; op gets a number of its own each time. pid is the server's, 0 when there is none.
func measure(what string, clients, pid int, op func(n int) (int, error)) (cell, error) {
	c := cell{what: what, clients: clients}
	var next, bytes atomic.Int64
	var mu sync.Mutex
	var failed error
	var wg sync.WaitGroup
	before, server := machineTime(), processTime(pid)
	own := processTime(0)
	began := time.Now()
	for range clients {
		wg.Go(func() {
			var mine []time.Duration
			for time.Since(began) < cellTime {
				at := time.Now()
				n, err := op(int(next.Add(1)))
				if err != nil {
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
					break
				}
				mine = append(mine, time.Since(at))
				bytes.Add(int64(n))
			}
			mu.Lock()
			c.times = append(c.times, mine...)
			mu.Unlock()
		})
	}
	wg.Wait()
	c.took, c.bytes = time.Since(began), bytes.Load()
	if pid != 0 {
		c.cpu = processTime(pid) - server
	}
	if used := machineTime() - before; used > 0 {
		others := used - c.cpu - (processTime(0) - own)
		c.foreign = max(0, others.Seconds()/(c.took.Seconds()*float64(runtime.NumCPU())))
	}
	slices.Sort(c.times)
	return c, failed
}

const tick = time.Second / 100 // of /proc

// machineTime is how long the processors have been busy since the start; 0 where that is not known.
func machineTime() time.Duration {
	line, _, _ := strings.Cut(readText("/proc/stat"), "\n")
	var busy time.Duration
	for i, f := range strings.Fields(line) {
		n, err := strconv.Atoi(f)
		if err == nil && i != 4 && i != 5 && i < 9 { // idle, and waiting for the disk; guests are in user
			busy += time.Duration(n) * tick
		}
	}
	return busy
}

// processTime is how long the process has been at work; 0 is this one.
func processTime(pid int) time.Duration {
	name := "self"
	if pid != 0 {
		name = strconv.Itoa(pid)
	}
	text := readText("/proc/" + name + "/stat")
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	var sum time.Duration
	for _, i := range []int{11, 12} { // in user mode and in the kernel
		if i < len(fields) {
			n, err := strconv.Atoi(fields[i])
			if err != nil {
				return 0
			}
			sum += time.Duration(n) * tick
		}
	}
	return sum
}

// resident is the process's memory: all of it, and what of that is not pages of files.
func resident(pid int) (all, own int64) {
	for line := range strings.Lines(readText("/proc/" + strconv.Itoa(pid) + "/status")) {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		n, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil {
			continue
		}
		switch f[0] {
		case "VmRSS:":
			all = n << 10
		case "RssAnon:":
			own = n << 10
		}
	}
	return all, own
}

func percentile(times []time.Duration, p int) time.Duration {
	slices.Sort(times)
	return cell{times: times}.percentile(p)
}
