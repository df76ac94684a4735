"""A fax machine that sends a TIFF file, or receives one, over T.38 or as sound: SpanDSP (Debian package libspandsp2), and UDPTL or RTP around it.

fax-machine.py TIFF pipe                  lockstep with a test: each line "T" on stdin is 20 ms, "R <hex>" a datagram that came; answers "P <hex>" and "."
fax-machine.py TIFF pipe-rtp              the same with its modems in G.711: PCMU of 20 ms in RTP
fax-machine.py TIFF rtp HOST              as udp, with its modems in G.711
fax-machine.py TIFF udp HOST              real time, from a port of that address, which it tells; a line "HOST PORT" on stdin says where to, and begins

Options: --receives (the file is written, and beside it the rows of each page, black is 1: .0.pels …), --dies-on-page N (without a word, when it has sent some of that page), --no-ecm, --compression mh|mr|mmr, --loss SHARE (of the datagrams it sends), --loss-after SECONDS (as sound), --seed N, --modems v27ter|v29|v17 (in G.711: these and slower ones). In real time it tells each page that the other one
has confirmed, "page N"; at the end it tells how SpanDSP saw it.
"""
import argparse
import ctypes
import ctypes.util
import json
import os
import random
import select
import socket
import sys
import time

STEP_SAMPLES = 160
STEP_SECONDS = 0.02
REDUNDANCY = 3
IMAGES_BEFORE_DEATH = 50

library = ctypes.CDLL("libspandsp.so.2")
TX_PACKET = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_uint8), ctypes.c_int, ctypes.c_int)
PHASE_D = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
PHASE_E = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
for name in ("fax_init", "fax_get_t30_state", "t38_terminal_init", "t38_terminal_get_t38_core_state", "t38_terminal_get_t30_state"):
    getattr(library, name).restype = ctypes.c_void_p
library.fax_init.argtypes = library.fax_set_transmit_on_idle.argtypes = [ctypes.c_void_p, ctypes.c_int]
library.fax_get_t30_state.argtypes = [ctypes.c_void_p]
library.fax_tx.argtypes = library.fax_rx.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_int16), ctypes.c_int]
library.t38_terminal_init.argtypes = [ctypes.c_void_p, ctypes.c_int, TX_PACKET, ctypes.c_void_p]
library.t38_terminal_get_t38_core_state.argtypes = [ctypes.c_void_p]
library.t38_terminal_get_t30_state.argtypes = [ctypes.c_void_p]
library.t38_terminal_send_timeout.argtypes = [ctypes.c_void_p, ctypes.c_int]
library.t38_set_t38_version.argtypes = [ctypes.c_void_p, ctypes.c_int]
library.t38_core_rx_ifp_packet.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_uint16]
library.t30_set_tx_file.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_int]
library.t30_set_rx_file.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
library.t30_set_tx_ident.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
library.t30_set_ecm_capability.argtypes = [ctypes.c_void_p, ctypes.c_int]
library.t30_set_supported_compressions.argtypes = [ctypes.c_void_p, ctypes.c_int]
library.t30_set_supported_modems.argtypes = [ctypes.c_void_p, ctypes.c_int]
library.fax_rx_fillin.argtypes = [ctypes.c_void_p, ctypes.c_int]
library.t30_set_phase_d_handler.argtypes = [ctypes.c_void_p, PHASE_D, ctypes.c_void_p]
library.t30_set_phase_e_handler.argtypes = [ctypes.c_void_p, PHASE_E, ctypes.c_void_p]
library.t30_completion_code_to_str.argtypes = [ctypes.c_int]
library.t30_completion_code_to_str.restype = ctypes.c_char_p

COMPRESSIONS = {"mh": 1, "mr": 3, "mmr": 7}
MODEMS = {"v27ter": 1, "v29": 3, "v17": 7}


def open_type(data):
    assert len(data) < 0x4000
    return (bytes([len(data)]) if len(data) < 0x80 else bytes([0x80 | len(data) >> 8, len(data) & 0xFF])) + data


def read_open_type(data, offset):
    length = data[offset]
    offset += 1
    if length >= 0x80:
        length = (length & 0x3F) << 8 | data[offset]
        offset += 1
    return data[offset:offset + length], offset + length


class Machine:
    def __init__(self, options, transmit):
        self.random = random.Random(options.seed)
        self.loss = options.loss
        self.loss_after = options.loss_after
        self.transmit = transmit
        self.sequence = 0
        self.sent = []
        self.expected = 0
        self.result = None
        # SpanDSP keeps these for as long as it runs.
        self.on_packet = TX_PACKET(self.send)
        self.on_page = PHASE_D(self.count_page)
        self.on_end = PHASE_E(self.end)
        t30 = self.begin(0 if options.receives else 1)
        if options.receives:
            library.t30_set_rx_file(t30, options.tiff.encode(), -1)
        else:
            library.t30_set_tx_file(t30, options.tiff.encode(), -1, -1)
        library.t30_set_tx_ident(t30, b"+1 385 555 0143" if options.receives else b"+1 385 555 0142")
        library.t30_set_ecm_capability(t30, 0 if options.no_ecm else 1)
        library.t30_set_supported_compressions(t30, COMPRESSIONS[options.compression])
        library.t30_set_supported_modems(t30, MODEMS[options.modems])
        library.t30_set_phase_d_handler(t30, self.on_page, None)
        library.t30_set_phase_e_handler(t30, self.on_end, None)
        self.dies_on_page = options.dies_on_page
        self.pages = 0
        self.on_count = lambda pages: None
        self.images = 0

    def begin(self, is_caller):
        self.terminal = library.t38_terminal_init(None, is_caller, self.on_packet, None)
        self.core = library.t38_terminal_get_t38_core_state(self.terminal)
        library.t38_set_t38_version(self.core, 0)
        return library.t38_terminal_get_t30_state(self.terminal)

    def send(self, _core, _user, data, length, count):
        primary = bytes(data[:length])
        # Data, and not of V.21.
        if self.pages + 1 == self.dies_on_page and primary[0] & 0x40 and primary[0] & 0x1E:
            self.images += 1
            if self.images > IMAGES_BEFORE_DEATH:
                os._exit(1)
        datagram = self.sequence.to_bytes(2, "big") + open_type(primary) + b"\0" + bytes([len(self.sent)]) + b"".join(map(open_type, self.sent))
        self.sent = [primary, *self.sent][:REDUNDANCY]
        self.sequence = (self.sequence + 1) & 0xFFFF
        for _ in range(max(1, count)):
            if self.random.random() >= self.loss:
                self.transmit(datagram)
        return 0

    def count_page(self, _t30, _user, _result):
        self.pages += 1
        self.on_count(self.pages)
        return 0

    def end(self, _t30, _user, code):
        self.result = {"code": code, "text": library.t30_completion_code_to_str(code).decode()}

    def receive(self, datagram):
        sequence = int.from_bytes(datagram[:2], "big")
        primary, offset = read_open_type(datagram, 2)
        count, offset = datagram[offset + 1], offset + 2
        earlier = []
        for _ in range(count):
            one, offset = read_open_type(datagram, offset)
            earlier.append(one)
        ahead = (sequence - self.expected) & 0xFFFF
        if ahead >= 0x8000:
            return
        for index in range(min(ahead, count), 0, -1):
            self.hear(earlier[index - 1], sequence - index)
        self.hear(primary, sequence)
        self.expected = (sequence + 1) & 0xFFFF

    def hear(self, packet, sequence):
        library.t38_core_rx_ifp_packet(self.core, packet, len(packet), sequence & 0xFFFF)

    def step(self):
        return library.t38_terminal_send_timeout(self.terminal, STEP_SAMPLES)


class Modem(Machine):
    """The same in RTP: packets that never came are bridged in their place."""

    def begin(self, is_caller):
        self.fax = library.fax_init(None, is_caller)
        library.fax_set_transmit_on_idle(self.fax, 1)
        self.samples = (ctypes.c_int16 * STEP_SAMPLES)()
        self.source = self.random.getrandbits(32)
        return library.fax_get_t30_state(self.fax)

    def receive(self, packet):
        number = int.from_bytes(packet[2:4], "big")
        lost = (number - self.expected) & 0xFFFF
        if lost < 50 and self.expected:
            for _ in range(lost):
                library.fax_rx_fillin(self.fax, STEP_SAMPLES)
        self.expected = number + 1
        heard = [MU_LAW[octet] for octet in packet[12:]]
        library.fax_rx(self.fax, (ctypes.c_int16 * len(heard))(*heard), len(heard))

    def step(self):
        library.fax_tx(self.fax, self.samples, STEP_SAMPLES)
        header = b"\x80\x00" + self.sequence.to_bytes(2, "big") + (self.sequence * STEP_SAMPLES).to_bytes(4, "big") + self.source.to_bytes(4, "big")
        self.sequence = (self.sequence + 1) & 0xFFFF
        if self.random.random() >= self.loss or self.sequence * STEP_SECONDS < self.loss_after:
            self.transmit(header + bytes(map(mu_law_of, self.samples)))
        return 0


def linear_of(octet):
    octet ^= 0xFF
    size = ((((octet & 0x0F) << 3) + 0x84) << ((octet & 0x70) >> 4)) - 0x84
    return -size if octet & 0x80 else size


def mu_law_of(sample):
    size = min(abs(sample), 32635) + 0x84
    segment = size.bit_length() - 8
    return ((0x80 if sample < 0 else 0) | segment << 4 | size >> segment + 3 & 0x0F) ^ 0xFF


MU_LAW = [linear_of(octet) for octet in range(256)]


def run_pipe(options):
    def tell(line):
        sys.stdout.write(line + "\n")

    machine = (Modem if options.mode == "pipe-rtp" else Machine)(options, lambda datagram: tell("P " + datagram.hex()))
    is_written = False
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        if word == "R":
            machine.receive(bytes.fromhex(rest))
            continue
        is_over = machine.step() != 0 or machine.result is not None
        if is_over:
            if options.receives and not is_written:
                write_pels(options.tiff)
                is_written = True
            tell("E " + json.dumps(machine.result))
        tell(".")
        sys.stdout.flush()


def run_live(options):
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    link.bind((options.host, 0))
    print(link.getsockname()[1], flush=True)
    host, port = sys.stdin.readline().split()
    machine = (Modem if options.mode == "rtp" else Machine)(options, lambda datagram: link.sendto(datagram, (host, int(port))))
    machine.on_count = lambda pages: print(f"page {pages}", flush=True)
    next_step = time.monotonic()
    over_at = None
    while over_at is None or time.monotonic() < over_at:
        wait = max(0, next_step - time.monotonic())
        if select.select([link], [], [], wait)[0]:
            machine.receive(link.recv(2048))
            continue
        next_step += STEP_SECONDS
        machine.step()
        if machine.result is not None and over_at is None:
            over_at = time.monotonic() + 0.3
    if options.receives:
        write_pels(options.tiff)
    print(json.dumps(machine.result), flush=True)


def write_pels(path):
    tiff = ctypes.CDLL(ctypes.util.find_library("tiff"))
    tiff.TIFFOpen.restype = ctypes.c_void_p
    tiff.TIFFScanlineSize.restype = ctypes.c_ssize_t
    tiff.TIFFScanlineSize.argtypes = tiff.TIFFReadDirectory.argtypes = tiff.TIFFClose.argtypes = [ctypes.c_void_p]
    tiff.TIFFReadScanline.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint32, ctypes.c_uint16]
    tiff.TIFFGetField.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.POINTER(ctypes.c_uint32)]
    file = tiff.TIFFOpen(path.encode(), b"r")
    page, more = 0, bool(file)
    while more:
        rows = ctypes.c_uint32()
        tiff.TIFFGetField(file, 257, ctypes.byref(rows))
        row = ctypes.create_string_buffer(tiff.TIFFScanlineSize(file))
        with open(f"{path}.{page}.pels", "wb") as pels:
            for number in range(rows.value):
                tiff.TIFFReadScanline(file, row, number, 0)
                pels.write(row.raw)
        page += 1
        more = tiff.TIFFReadDirectory(file) == 1


parser = argparse.ArgumentParser()
parser.add_argument("tiff")
parser.add_argument("mode", choices=["pipe", "pipe-rtp", "udp", "rtp"])
parser.add_argument("host", nargs="?", default="127.0.0.1")
parser.add_argument("--receives", action="store_true")
parser.add_argument("--no-ecm", action="store_true")
parser.add_argument("--compression", choices=list(COMPRESSIONS), default="mmr")
parser.add_argument("--dies-on-page", type=int, default=0)
parser.add_argument("--loss", type=float, default=0)
parser.add_argument("--loss-after", type=float, default=0)
parser.add_argument("--modems", choices=list(MODEMS), default="v17")
parser.add_argument("--seed", type=int, default=1)
given = parser.parse_args()
run_pipe(given) if given.mode.startswith("pipe") else run_live(given)
