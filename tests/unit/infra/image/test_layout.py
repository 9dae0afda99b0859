from pathlib import Path

import pytest

from infra.image.layout import main

pytestmark = pytest.mark.requirement("CLUSTER-001")


def test_a_function_without_an_extra_gets_an_empty_layer_for_it(tmp_path: Path) -> None:
    main(["extra", str(tmp_path / "layers" / "extra"), "task-due"])

    assert list((tmp_path / "layers" / "extra").iterdir()) == []


def test_an_unknown_image_is_refused_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["code", str(tmp_path / "code"), "task-dew"])

    assert "no image is called 'task-dew'; there are task-created, " in capsys.readouterr().err
