"""Why a serial device cannot be reached, in words a person can act on."""

import errno
import os

from engine.devices.transports.reasons import ENGLISH_ONLY, Reason, UnreachableError

NOT_PLUGGED = Reason(
    "not_plugged",
    "no such USB device is plugged in",
    "plug it in or switch it on",
    "没有插入该 USB 设备",
    "请插好或打开设备",
)
NO_PORT = Reason(
    "no_port",
    "cannot be opened",
    "plug it in, or name another port in the rig",
    "打不开串口",
    "请插好设备，或在 rig 文件中写明其他 port",
)
NOT_A_PORT = Reason(
    "not_a_port",
    "is no serial port",
    "`anlan devices --scan` shows the serial ports there are",
    "不是串口",
    "可用 anlan devices --scan 查看现有串口",
)
NOT_ALLOWED = Reason(
    "port_denied",
    "cannot be opened",
    "allow this user to use serial ports (on Linux: the group dialout, then log in again)",
    "打不开串口",
    "请允许当前用户使用串口（Linux 上加入 dialout 组并重新登录）",
)
IN_USE = Reason(
    "port_busy",
    "is held by another program",
    "close the other program that uses it",
    "串口被其他程序占用",
    "请关闭占用它的程序",
)
FAILED = Reason(
    "port_failed",
    "cannot be opened",
    "unplug it and plug it in again",
    "打不开串口",
    "请拔下设备后重新插入",
)
SEVERAL = Reason(
    "several_plugged",
    "several such devices are plugged in",
    'say which in the rig: usb_serial = "..."',
    "插入了多台同类设备",
    '请在 rig 文件中写明 usb_serial = "..."',
)
OTHER_NUMBER = Reason(
    "other_number",
    "no such device has the serial number the rig names",
    "plug that one in, or correct usb_serial in the rig",
    "没有 rig 文件中所写序列号的设备",
    "请插入那一台，或更正 rig 文件中的 usb_serial",
)
UNPLUGGED = Reason(
    "unplugged",
    "was unplugged or switched off",
    "check the cable and the switch",
    "被拔下或已关机",
    "请检查连线和开关",
)
STUCK = Reason(
    "stuck",
    "does not take what it is sent",
    "check the cable, or switch it off and on",
    "不接收发送的数据",
    "请检查连线，或重新开关机",
)

_OF_SYSTEM = {
    errno.ENOENT: NO_PORT,
    errno.ENODEV: NO_PORT,
    errno.ENXIO: NO_PORT,
    errno.EACCES: NOT_ALLOWED,
    errno.EPERM: NOT_ALLOWED,
    errno.EBUSY: IN_USE,
    errno.EAGAIN: IN_USE,
    errno.ENOTTY: NOT_A_PORT,
    errno.EINVAL: NOT_A_PORT,
    errno.EISDIR: NOT_A_PORT,
}

_IN_CHINESE = {
    errno.ENOENT: "没有这个设备文件",
    errno.ENODEV: "没有这个设备",
    errno.ENXIO: "没有这个设备",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EBUSY: "正被占用",
    errno.EIO: "读写出错",
    errno.ENOTTY: "不能当作串口使用",
    errno.EINVAL: "不能当作串口使用",
    errno.EISDIR: "是文件夹",
}
"""The system's own words, which it says in English only."""


def explain(error: Exception, usually: Reason, where: str = "") -> UnreachableError:
    """Return what ``error`` of the system or of pyserial means to a person.

    Parameters
    ----------
    usually
        What it means at this step if nothing more is known.
    where
        The port it is about.
    """
    number = number_of(error)
    zh = _IN_CHINESE.get(number, ENGLISH_ONLY)
    return _OF_SYSTEM.get(number, usually).error(where, words(error), zh)


def number_of(error: Exception) -> int:
    """Return the system's number of an error; 0 if it has none.

    pyserial tells some errors of the system only by what caused its own, and on Windows only
    in its text.
    """
    for one in (error, error.__context__):
        number = getattr(one, "errno", None) or next(iter(getattr(one, "args", ())), None)
        if isinstance(number, int):
            return number
    known = {"FileNotFoundError": errno.ENOENT, "PermissionError": errno.EBUSY}
    return next((n for name, n in known.items() if name in str(error)), 0)


def words(error: Exception) -> str:
    """Return the system's own words, without pyserial's wrapping."""
    number = getattr(error, "errno", None)
    return os.strerror(number) if isinstance(number, int) and number else str(error)
