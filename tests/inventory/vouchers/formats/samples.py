"""Files as each system documents that it writes them; see the modules of the formats."""

from __future__ import annotations

UNIFI = "12345-67890\n23456-78901\n34567-89012\n"
UNIFI_TABLE = (
    "Code,Create Time,Duration,Notes,Status\n"
    "12345-67890,2026/11/24 10:12,1 day,Library,Valid for one use\n"
    "2345678901,2026/11/24 10:12,1 day,Library,Valid for one use\n"
    "34567-89012,2026/11/24 10:12,1 day,Library,Valid for one use\n"
)
#: Later releases show what a voucher allows, too.
UNIFI_COLUMNS = (
    "Code,Create Time,Down,Up,Byte Quota,Notes,Duration,Status\n"
    "12345-67890,2026/11/24 10:12,2048,512,500,Library,1 day,Valid for one use\n"
    "23456-78901,2026/11/24 10:12,2048,512,500,Library,1 day,Valid for one use\n"
    "34567-89012,2026/11/24 10:12,2048,512,500,Library,1 day,Valid for one use\n"
)
PFSENSE = (
    "# Voucher Tickets 1..3 for Roll 7\n"
    "# Nr of Roll Bits     16\n"
    "# Nr of Ticket Bits   10\n"
    "# Nr of Checksum Bits 5\n"
    "# magic initializer   1174491274 (32 Bits used)\n"
    "# Character Set used  2345678abcdefhijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ\n"
    "#\n"
    '" 7ZhkTm2wRb8"\n'
    '" qLfVdxN45sp"\n'
    '" Gs3Rv8JtmYc"\n'
)
OPNSENSE = (
    "username,password,vouchergroup,validity\n"
    '"jh7!kd","P,q;8","20261124101200","86400"\n'
    '"w2zn9x","tR5=mm","20261124101200","86400"\n'
    '"+aa41c","=u9e4k","20261124101200","86400"\n'
)
#: Where vouchers end by themselves. A quotation mark is written twice.
OPNSENSE_EXPIRY = (
    "username,password,vouchergroup,expirytime,validity\n"
    '"jh7!kd","K""4n","20261124101200","0","86400"\n'
    '"w2zn9x","tR5=mm","20261124101200","0","86400"\n'
)
OPENWISP = (
    "gast-001,cleartext$Zebra-81,gast001@example.org,Gast,Eins\n"
    "gast-002,cleartext$Lampe-27,gast002@example.org,Gast,Zwei\n"
    "gast-003,cleartext$Wolke-93,gast003@example.org,Gäst,Drei\n"
)
MIKROTIK = (
    "# nov/24/2026 10:12:00 by RouterOS 6.49.10\n"
    "# software id = ABCD-1234\n"
    "#\n"
    "/ip hotspot user profile\n"
    "add name=day rate-limit=5M/5M\n"
    "/ip hotspot user\n"
    "add name=kx71ab profile=day\n"
    'add comment="Library; first floor" limit-uptime=1d name=guest2 \\\n'
    '    password="p \\"q\\" \\$1" profile=day\n'
    "add name=77812 password=77812 profile=day server=hotspot1\n"
    "/ip hotspot walled-garden\n"
    "add comment=no-user dst-host=example.org name=none\n"
)
MIKROTIK_DETAIL = (
    "Flags: * - default, X - disabled, D - dynamic\n"
    ' 0   ;;; Library\n     name="kx71ab" profile=day uptime=0s bytes-in=0\n'
    ' 1   name="guest2" password="secret9" profile=day\n     uptime=0s\n'
    ' 2 * name="default" profile=default\n'
)
MIKROTIK_TABLE = (
    "Flags: * - default, X - disabled, D - dynamic\n"
    " #   SERVER     NAME       ADDRESS      PROFILE   UPTIME\n"
    " 0   all        kx71ab                  day       0s\n"
    " 1   hotspot1   guest2                  day       0s\n"
)
#: ``export terse`` names the menu in each line.
MIKROTIK_TERSE = (
    "# 2026-11-24 10:12:00 by RouterOS 7.14.2\n"
    "# software id = ABCD-1234\n"
    "#\n"
    "/ip hotspot user profile add name=day rate-limit=5M/5M\n"
    "/ip hotspot user add name=kx71ab profile=day\n"
    "/ip hotspot user add name=guest2 password=secret9 profile=day\n"
)
CODES = "code,user\nZZ41-77AA,Zoé\nZZ42,\n"
SIMS = (
    "ICCID;PIN;PUK;MSISDN\n"
    "8941030012345678904;1234;12345678;+41795550101\n"
    "8941030012345678912F;2345;23456789;079 555 01 02\n"
    '="8941030012345678920";="0456";34567890;\n'
)
