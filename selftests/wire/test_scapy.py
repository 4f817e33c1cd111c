# SPDX-License-Identifier: GPL-2.0
"""A second opinion on what is sent: scapy's decoder, which knows nothing of this one."""
def test_scapy_agrees(t):
    """RFC 9293 sections 3.1 and 3.2, MUST-2 MUST-64: SYN, data and FIN as python3-scapy reads them."""
    from scapy.layers.inet import TCP
    from scapy.utils import checksum
    t.keep = []
    p, s = t.passive_ts('mss 1460,wscale 7', val=7)
    t.write(s, 1500)
    p.expect('A', len=1448)
    p.expect('A', len=52)
    p.send('A')
    t.discard(s)
    p.expect('FA')
    p.send('A')
    for body in t.keep:
        pseudo = t.ip.pseudo(t.ip.aton(t.ip.host), t.ip.aton(t.ip.peer), t.proto, len(body))
        assert checksum(pseudo + body) == 0
    synack, first, second, fin = [TCP(body) for body in t.keep]
    isn = synack.seq
    assert str(synack.flags) == 'SA' and synack.ack == p.isn + 1
    assert dict(synack.options)['MSS'] == 1460 and dict(synack.options)['WScale'] <= 14
    for seg, seq, octets in ((first, 1, 1448), (second, 1449, 52), (fin, 1501, 0)):
        assert seg.seq == (isn + seq) % 2 ** 32 and seg.ack == p.isn + 1, seg.summary()
        assert len(seg.payload) == octets and seg.reserved == 0 and seg.urgptr == 0
        assert dict(seg.options)['Timestamp'][1] == 7
    assert [str(seg.flags) for seg in (second, fin)] == ['PA', 'FA']
    for seg in (synack, first, second, fin):
        assert (seg.sport, seg.dport) == (7000, p.port)
